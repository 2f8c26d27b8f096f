// A citizen's page reduced to its call: what the tests ask of it is in `window.call`.
window.call = (() => {
  const state = { messages: [], states: [], recorded: [], held: [], location: '', pc: null, channel: null, timings: {} };
  const base = window.location.origin;

  // One for all calls of the page: now and then Chromium never ends closing one.
  const sound = () => (state.context ??= new AudioContext({ sampleRate: 48000 }));

  // Sound that the test says when it wants to, instead of the fake device's file.
  const voice = () => {
    const context = sound();
    const destination = context.createMediaStreamDestination();
    // Silence is sent too: with no source at all Chromium sends nothing, not even keys.
    const silence = context.createConstantSource();
    silence.offset.value = 0;
    silence.connect(destination);
    silence.start();
    state.held.push(silence);
    state.say = (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const samples = new Int16Array(bytes.buffer);
      const buffer = context.createBuffer(1, samples.length, 16000);
      buffer.getChannelData(0).set(Array.from(samples, (s) => s / 32768));
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(destination);
      source.start();
      return samples.length / 16000;
    };
    return destination.stream;
  };

  // What the page would let the citizen hear, 48 kHz mono, taken on the sound's own thread. Chromium lets a remote stream
  // flow only into an element.
  const TAP = `registerProcessor('tap', class extends AudioWorkletProcessor {
    constructor() { super(); this.block = new Int16Array(4800); this.at = 0; }
    process([[channel]]) {
      for (let i = 0; i < 128; i++) {
        this.block[this.at++] = Math.max(-32768, Math.min(32767, (channel?.[i] ?? 0) * 32768));
        if (this.at === 4800) { this.port.postMessage(this.block.slice()); this.at = 0; }
      }
      return true;
    }
  })`;
  const record = async (stream) => {
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    element.play();
    const context = sound();
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAP], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(context, 'tap');
    node.port.onmessage = ({ data }) => {
      state.recorded.push(data);
      if (Math.sqrt(data.reduce((sum, s) => sum + s * s, 0) / data.length) > 100) state.lastLoud = performance.now();
    };
    const source = context.createMediaStreamSource(stream);
    source.connect(node).connect(context.destination);
    state.held.push(source, node);
  };

  const gathered = (pc) => new Promise((done) => {
    if (pc.iceGatheringState === 'complete') return done();
    pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done());
    setTimeout(done, 2000);
  });

  const send = async (method, url, sdp) => {
    const response = await fetch(url, { method, headers: { 'Content-Type': 'application/sdp' }, body: sdp });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return { text, location: response.headers.get('Location'), etag: response.headers.get('ETag') };
  };

  return {
    state,
    // `how`: {deaf: nothing is recorded; device: the fake device's sound instead of the test's; relay: the port that replaces each candidate's;
    // servers, policy: of ICE}
    async begin(how = {}) {
      const pc = new RTCPeerConnection({ iceServers: how.servers ?? [], iceTransportPolicy: how.policy ?? 'all' });
      Object.assign(state, { pc, how, messages: [], states: [], recorded: [] });
      pc.onconnectionstatechange = () => state.states.push(pc.connectionState);
      const granted = await navigator.mediaDevices.getUserMedia({ audio: true });
      const stream = how.device ? granted : voice();
      state.tracks = [...granted.getTracks(), ...stream.getTracks()];
      state.sender = pc.addTrack(stream.getAudioTracks()[0], stream);
      pc.ontrack = ({ track }) => how.deaf || record(new MediaStream([track]));
      state.channel = pc.createDataChannel('standardiste', { ordered: true });
      state.channel.onmessage = ({ data }) => state.messages.push({ at: performance.now(), ...JSON.parse(data) });
      await pc.setLocalDescription();
      await gathered(pc);
      const began = performance.now();
      const { text, location } = await send('POST', `${base}/appel`, call.hidden(pc.localDescription.sdp));
      state.timings.answer = performance.now() - began;
      state.location = location;
      state.answer = text;
      await pc.setRemoteDescription({ type: 'answer', sdp: call.relayed(text) });
    },
    relayed(sdp) {
      const port = state.how.relay;
      return port ? sdp.replace(/(a=candidate:\S+ \d+ udp \d+ )\S+ \d+/g, `$1127.0.0.1 ${port}`) : sdp;
    },
    // Behind a relay, the line must not find the browser by another way.
    hidden: (sdp) => (state.how.relay ? sdp.replace(/a=candidate:.*\r\n/g, '') : sdp),
    async restart() {
      state.pc.restartIce();
      await state.pc.setLocalDescription();
      await gathered(state.pc);
      const { text, etag } = await send('PATCH', base + state.location, call.hidden(state.pc.localDescription.sdp));
      state.answer = text;
      await state.pc.setRemoteDescription({ type: 'answer', sdp: call.relayed(text) });
      return etag;
    },
    async until(what, limit = 10000) {
      const end = performance.now() + limit;
      while (!what()) {
        if (performance.now() > end) return false;
        await new Promise((again) => setTimeout(again, 10));
      }
      return true;
    },
    connected: (limit) => call.until(() => state.pc.connectionState === 'connected', limit),
    say: (base64) => state.say(base64),
    // Base64 of the sound from `from` blocks on; the caller adds the blocks it has.
    recorded() {
      const length = state.recorded.reduce((sum, block) => sum + block.length, 0);
      const all = new Int16Array(length);
      let at = 0;
      for (const block of state.recorded) { all.set(block, at); at += block.length; }
      let text = '';
      const bytes = new Uint8Array(all.buffer);
      for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
      return btoa(text);
    },
    async end() {
      if (state.location) await fetch(base + state.location, { method: 'DELETE' });
      state.pc?.close();
      for (const node of state.held) {
        node.disconnect();
        if (node.port) node.port.onmessage = null;
      }
      for (const track of state.tracks ?? []) track.stop();
      Object.assign(state, { held: [], tracks: [], location: '' });
    },
  };
})();
