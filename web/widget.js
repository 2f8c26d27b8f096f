// L'accueil de l'état civil sur le site de la mairie : parler, ou écrire.
//
//   <link rel="stylesheet" href="https://accueil.ville.fr/widget.css">
//   <script src="https://accueil.ville.fr/widget.js" defer></script>
//
// On the script: data-libelle, the words of the button; data-bouton, a CSS selector of buttons of the site's own that
// open the panel, instead of ours. No cookie, no storage, nothing asked of anybody but the server that this file is from.
(() => {
  'use strict';

  const script = document.currentScript;
  const server = new URL('.', script.src);
  const LONGEST = 1000; // characters of a message, as the server counts them
  const GATHERING_MS = 2000; // ICE candidates that come later are left out
  const CONNECTING_MS = 15000; // no sound by then: the network lets none through
  const WAVERING_MS = 4000; // a network that comes back by itself does so within this
  const RETRY_MS = 1000; // before the one retry: what cut the connection may need a moment
  const SILENT_MS = 10000; // what is written is answered by then, if only by « je cherche »
  const COMES_BACK = 4001; // the code of a socket that is closed to open another
  const within = (milliseconds) => AbortSignal.timeout?.(milliseconds);
  const EMERGENCY = /\b(?:le|au) (3114|112|114|119|15|17|18)(?=[.,;]|$| ou\b)/g;

  const WORDS = {
    loading: 'Un instant…',
    unreachable: 'L’accueil ne répond pas. Vérifiez votre connexion, puis réessayez.',
    full: 'Toutes les places sont prises. Réessayez dans un instant.',
    voiceFull: 'Toutes les lignes sont prises pour parler. Réessayez dans un instant, ou écrivez.',
    voiceOnly: 'Il n’y a plus de place pour écrire. Réessayez dans un instant, ou parlez.',
    refused: 'Le micro est refusé. Autorisez-le dans votre navigateur (souvent par l’icône à gauche de l’adresse du site), puis réessayez. Vous pouvez aussi écrire.',
    missing: 'Aucun micro n’a été trouvé. Branchez-en un, puis réessayez. Vous pouvez aussi écrire.',
    busy: 'Le micro ne s’ouvre pas : un autre programme s’en sert peut-être. Fermez-le, puis réessayez. Vous pouvez aussi écrire.',
    insecure: 'Votre navigateur n’ouvre pas le micro sur cette page, qui n’est pas sécurisée (https), ou il ne sait pas téléphoner. Vous pouvez écrire.',
    blocked: 'Le son ne passe pas : votre réseau bloque sans doute les appels. Essayez un autre réseau, ou écrivez.',
    lost: 'La connexion est perdue. Vérifiez votre réseau, puis recommencez.',
    again: 'La connexion a été coupée. Une nouvelle conversation commence.',
    back: 'La connexion est rétablie.',
    closed: 'Le service s’arrête. Réessayez dans quelques minutes.',
    unsent: 'Non envoyé : ',
    over: 'La conversation est terminée.',
    callOver: 'L’appel est terminé.',
    broken: 'L’appel s’est interrompu par une panne, veuillez nous excuser.',
  };
  const STATES = {
    micro: 'Votre navigateur demande l’accès au micro : choisissez « Autoriser ».',
    connexion: 'Connexion…',
    ecoute: 'Je vous écoute.',
    reflechit: 'Je cherche la réponse…',
    parle: 'Je parle. Vous pouvez m’interrompre.',
    transfert: 'J’appelle un agent. Ne quittez pas.',
    agent: 'Vous êtes avec un agent de la mairie. Rien n’est plus transcrit.',
    reprise: 'La connexion est coupée. J’essaie de la rétablir…',
  };
  /** States worth telling to whoever does not look; the others would talk over the voice. */
  const ANNOUNCED = ['micro', 'connexion', 'transfert', 'agent', 'reprise'];

  /** A refusal that the citizen can read. */
  class Refusal extends Error {}

  // ── Elements ──────────────────────────────────────────────────────────────────────────────

  function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, '');
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  }

  const button = (label, onclick, attributes = {}) => el('button', { type: 'button', onclick, ...attributes }, label);
  const telephone = (number) => number.replace(/[^0-9+]/g, '');

  const host = el('standardiste-accueil', { lang: 'fr' });
  const root = host.attachShadow({ mode: 'open' });
  const title = el('h2', { id: 'titre', tabindex: '-1' });
  const announcement = el('p', { class: 'hors-vue', role: 'status' });
  const view = el('div', { class: 'vue' });
  const question = el('div', { class: 'question', role: 'group', hidden: true });
  const rescue = el('p', { class: 'secours', hidden: true });
  const panel = el(
    'dialog',
    { class: 'panneau', 'aria-labelledby': 'titre' },
    el('div', { class: 'tete' }, title, button('Fermer', () => leave(), { class: 'fermer' })),
    question,
    view,
    announcement,
    rescue,
  );
  const launcher = button(script.dataset.libelle || 'Une question d’état civil ?', () => open(), {
    class: 'lanceur',
    'aria-haspopup': 'dialog',
  });

  /** Text with a link on each emergency number: the 114 takes text messages. */
  function linked(text, numbers) {
    const parts = [];
    let from = 0;
    for (const number of numbers) {
      const at = text.indexOf(number, from);
      if (at < 0) continue;
      const href = number === '114' ? 'sms:114' : `tel:${number}`;
      parts.push(text.slice(from, at), el('a', { href, class: 'urgence' }, number === '114' ? '114 (SMS)' : number));
      from = at + number.length;
    }
    return [...parts, text.slice(from)];
  }

  function say(text) {
    announcement.textContent = text;
  }

  function show(heading, ...children) {
    view.className = 'vue';
    title.textContent = heading;
    question.hidden = true;
    view.replaceChildren(...children.filter((child) => child));
  }

  function notice(text, ...offered) {
    const buttons = offered.filter((child) => child);
    return el('div', { class: 'avis', role: 'alert' }, el('p', {}, text), buttons.length ? el('div', { class: 'choix' }, ...buttons) : null);
  }

  // ── Opening and closing ───────────────────────────────────────────────────────────────────

  let opener = launcher;
  /** What is under way: { kind, end() }. */
  let current = null;

  function open(from = launcher) {
    opener = from;
    if (!panel.open) panel.showModal();
    welcome();
  }

  /** The citizen wants to close: what is under way is not lost by a slip. */
  function leave() {
    if (!current) {
      panel.close();
      return;
    }
    const call = current.kind === 'appel';
    const stop = button(call ? 'Oui, raccrocher' : 'Oui, terminer', () => panel.close(), { class: 'grave' });
    const stay = button('Non, continuer', () => {
      question.hidden = true;
      title.focus();
    });
    const words = call ? 'Mettre fin à l’appel ?' : 'Mettre fin à la conversation ?';
    question.setAttribute('aria-label', words);
    question.replaceChildren(el('p', {}, words), el('div', { class: 'choix' }, stop, stay));
    question.hidden = false;
    stay.focus();
  }

  panel.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (question.hidden) leave();
    else question.querySelector('button:last-child').click();
  });
  panel.addEventListener('close', () => {
    current?.end();
    current = null;
    opener.focus();
  });
  addEventListener('pagehide', () => current?.end());

  // ── The welcome: what answers, what is kept, and the two ways in ──────────────────────────

  async function state() {
    let response;
    try {
      response = await fetch(new URL('etat', server), { cache: 'no-store', signal: within(10000) });
    } catch {
      throw new Refusal(WORDS.unreachable);
    }
    if (!response.ok) throw await refusal(response);
    const now = await response.json();
    const number = now.mairie.telephone;
    rescue.hidden = !number;
    rescue.replaceChildren('Par téléphone : ', el('a', { href: `tel:${telephone(number)}` }, number));
    return now;
  }

  async function refusal(response) {
    const problem = await response.json().catch(() => ({}));
    return new Refusal(problem.detail || WORDS.unreachable);
  }

  async function welcome(trouble) {
    current = null;
    const heading = 'L’état civil vous répond';
    if (!trouble) show(heading, el('p', { role: 'status' }, WORDS.loading));
    title.focus();
    let now;
    try {
      now = await state();
    } catch (error) {
      show(heading, notice(error.message, button('Réessayer', () => welcome())));
      return;
    }
    const speak = now.voix && choice('Parler', 'Avec votre micro ; les paroles s’affichent aussi.', () => call(), 'voix');
    const write = now.ecrit && choice('Écrire', 'Sans micro ni haut-parleur.', () => write_(), 'ecrit');
    const words = trouble || (!now.ouvert && now.motif) || (!speak && !write && WORDS.full) || (!speak && WORDS.voiceFull) || (!write && WORDS.voiceOnly);
    show(
      heading,
      words ? notice(words, trouble || (speak && write) ? null : button('Réessayer', () => welcome())) : null,
      el('div', { class: 'annonce' }, ...now.avis.map((sentence) => el('p', {}, sentence))),
      speak || write ? el('div', { class: 'portes' }, speak || null, write || null) : null,
    );
  }

  function choice(label, detail, onclick, kind) {
    return el('button', { type: 'button', class: `porte ${kind}`, onclick }, el('strong', {}, label), el('span', {}, detail));
  }

  // ── The conversation's lines ──────────────────────────────────────────────────────────────

  /** The lines, and what scrolls with them. `follow` brings the latest line into view, or the citizen's words before it. */
  function log(label, latest, ...below) {
    const lines = el('div', { class: 'fil', role: 'log', 'aria-live': 'polite', 'aria-label': label });
    const box = el('div', { class: 'defile', tabindex: '0', role: 'region', 'aria-label': `${label}, à faire défiler` }, lines, ...below);
    let last = null;
    let asked = null;
    const follow = () => (asked && !latest ? asked.scrollIntoView({ block: 'start' }) : lines.lastElementChild?.scrollIntoView({ block: 'end' }));
    const add = (side, ...content) => {
      const who = side !== last && { ligne: 'L’accueil', appelant: 'Vous' }[side];
      const line = el('div', { class: `bulle ${side}` }, who ? el('span', { class: 'qui' }, who) : null, el('p', {}, ...content));
      lines.append(line);
      last = side;
      if (side === 'appelant') asked = line;
      follow();
      return line;
    };
    return { box, lines, add, follow };
  }

  function ended(words, ...more) {
    say('');
    return notice(words, button('Nouvelle conversation', () => welcome()), ...more, button('Fermer', () => panel.close()));
  }

  // ── Writing ───────────────────────────────────────────────────────────────────────────────

  function write_() {
    const buttons = el('div', { class: 'propositions', role: 'group', 'aria-label': 'Réponses proposées', hidden: true });
    const left = el('p', { class: 'reste', id: 'reste', role: 'status' });
    const input = el('textarea', { id: 'message', rows: '1', maxlength: LONGEST, autocomplete: 'off', 'aria-describedby': 'aide reste' });
    const thinking = el('p', { class: 'etat', 'data-etat': 'reflechit', hidden: true }, STATES.reflechit);
    const lines = log('Conversation', false, thinking, buttons);
    const form = el(
      'form',
      { class: 'saisie', onsubmit: (event) => { event.preventDefault(); sendMessage(); } },
      el('label', { for: 'message' }, 'Votre message'),
      el('div', { class: 'rang' }, input, el('button', { type: 'submit', class: 'principal' }, 'Envoyer')),
      el('p', { class: 'aide', id: 'aide' }, 'Ni mot de passe, ni numéro de carte.'),
      left,
    );
    const trouble = el('div', { class: 'coupure', hidden: true });
    let socket = null;
    /** The conversation's key, how many of its messages came, and what was sent, for a socket that is cut. */
    let key = null;
    let got = 0;
    let sent = [];
    let retried = false;
    let finished = false;
    let timer = 0;
    const gone = new AbortController();
    const me = { kind: 'ecrit', end };
    current = me;
    show('Écrire à l’état civil', lines.box, trouble, form);
    view.classList.add('fil-ouvert');
    input.focus();
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        sendMessage();
      }
    });
    input.addEventListener('input', () => {
      const room = LONGEST - input.value.length;
      left.textContent = room <= 100 ? `Encore ${room} caractères.` : '';
    });
    addEventListener('offline', cut, { signal: gone.signal });
    addEventListener('online', () => !socket && retried && connect(), { signal: gone.signal });
    connect();

    /** A socket for this conversation: the first one, or another that goes on where the last was cut. */
    function connect() {
      clearTimeout(timer);
      const address = new URL(key ? 'ecrit?reprise' : 'ecrit', server);
      address.protocol = address.protocol.replace('http', 'ws');
      const mine = new WebSocket(address);
      socket = mine;
      mine.onopen = () => key && mine.send(JSON.stringify({ type: 'reprise', cle: key, recu: got }));
      mine.onmessage = ({ data }) => mine === socket && receive(JSON.parse(data));
      mine.onclose = () => mine === socket && cut();
      wait(SILENT_MS, cut);
    }

    /** The connection is lost: it is tried once more by itself, and at the citizen's word after that. */
    function cut() {
      if (finished || !socket) return;
      clearTimeout(timer);
      const old = socket;
      socket = null;
      old.close(COMES_BACK);
      const focused = trouble.contains(root.activeElement);
      if (!key) {
        finish(WORDS.unreachable);
      } else if (!retried) {
        retried = true;
        waver(el('p', { class: 'etat', 'data-etat': 'reprise' }, STATES.reprise));
        say(STATES.reprise);
        if (navigator.onLine) wait(RETRY_MS, connect);
      } else {
        const again = button('Réessayer', () => { say(STATES.reprise); connect(); });
        waver(notice(WORDS.lost, again, button('Nouvelle conversation', () => { end(); welcome(); })));
        if (focused) again.focus();
      }
    }

    function waver(...children) {
      thinking.hidden = true;
      trouble.replaceChildren(...children);
      trouble.hidden = !children.length;
      lines.follow();
    }

    function joined() {
      const focused = trouble.contains(root.activeElement);
      waver();
      if (focused) input.focus();
    }

    function wait(milliseconds, then) {
      clearTimeout(timer);
      timer = setTimeout(then, milliseconds);
    }

    function receive(message) {
      clearTimeout(timer);
      if (!['debut', 'reprise', 'refus'].includes(message.type)) got += 1;
      switch (message.type) {
        case 'debut':
          if (key) lines.add('note', WORDS.again);
          say('');
          [key, got, sent] = [message.cle, 0, []];
          joined();
          break;
        case 'reprise':
          say(WORDS.back);
          joined();
          sent.slice(message.recu).forEach((text) => socket.send(text));
          break;
        case 'ligne':
          lines.add('ligne', ...linked(message.texte, (message.appeler || []).map(({ numero }) => numero)));
          break;
        case 'source':
          lines.add('note', 'Page officielle : ', el('a', { href: message.adresse, target: '_blank', rel: 'noopener noreferrer' }, `${message.titre} (nouvel onglet)`));
          break;
        case 'choix':
          propose(message.propositions);
          break;
        case 'etat':
          thinking.hidden = message.etat !== 'reflechit';
          if (message.etat === 'fini') finish(message.motif || WORDS.over);
          break;
        case 'refus':
          lines.add('note', message.motif);
          break;
      }
    }

    function propose(propositions) {
      const same = [...buttons.children].map((shown) => shown.textContent).join('\n') === propositions.join('\n');
      if (same && !buttons.hidden) return;
      buttons.replaceChildren(
        ...propositions.map((text, choix) =>
          button(text, () => {
            if (!send({ type: 'choix', choix })) return;
            lines.add('appelant', text);
            withdraw();
          }),
        ),
      );
      buttons.hidden = !propositions.length;
      lines.follow();
    }

    /** What was offered is no answer to what comes next; the focus of a button goes to the field. */
    function withdraw() {
      const focused = buttons.contains(root.activeElement);
      buttons.hidden = true;
      if (focused) input.focus();
    }

    function sendMessage() {
      const texte = input.value.trim();
      if (!texte || !send({ type: 'message', texte })) return;
      lines.add('appelant', texte);
      withdraw();
      input.value = '';
      left.textContent = '';
      input.focus();
    }

    function send(message) {
      if (!key || !trouble.hidden || socket?.readyState !== WebSocket.OPEN) return false;
      const text = JSON.stringify(message);
      socket.send(text);
      sent.push(text);
      retried = false;
      wait(SILENT_MS, cut);
      return true;
    }

    function finish(words) {
      if (finished) return;
      const unsent = input.value.trim();
      over();
      if (current === me) current = null;
      if (unsent) lines.add('note', WORDS.unsent, unsent);
      const box = el('div', { class: 'pied' }, ended(words));
      const had = [form, buttons, trouble].some((part) => part.contains(root.activeElement));
      question.hidden = true;
      thinking.remove();
      buttons.remove();
      trouble.remove();
      form.replaceWith(box);
      if (had) box.querySelector('button').focus();
      lines.follow();
    }

    function end() {
      if (finished) return;
      if (socket?.readyState === WebSocket.OPEN) socket.send('{"type":"fin"}');
      over();
    }

    function over() {
      finished = true;
      clearTimeout(timer);
      gone.abort();
      socket?.close();
    }
  }

  // ── Speaking ──────────────────────────────────────────────────────────────────────────────

  async function call() {
    const lines = log('Sous-titres', true);
    const words = el('p', { class: 'etat bandeau' });
    const sound = el('audio', { autoplay: true });
    const mute = button('Couper le micro', toggleMute, { 'aria-pressed': 'false' });
    const captions = button('Masquer les sous-titres', toggleCaptions);
    const keypad = el('div', { class: 'clavier', role: 'group', 'aria-label': 'Clavier', id: 'clavier', hidden: true });
    const keys = button('Clavier', toggleKeypad, { 'aria-expanded': 'false', 'aria-controls': 'clavier' });
    const volume = el('input', { type: 'range', id: 'volume', min: '0', max: '100', step: '5', value: '100' });
    const controls = el(
      'div',
      { class: 'commandes', role: 'group', 'aria-label': 'Commandes de l’appel' },
      mute, keys, captions,
      el('p', { class: 'volume' }, el('label', { for: 'volume' }, 'Volume'), volume),
      button('Raccrocher', () => finish(WORDS.callOver), { class: 'grave' }),
    );
    for (const key of '123456789*0#') {
      keypad.append(button(key, () => press(key), { 'aria-label': { '*': 'étoile', '#': 'dièse' }[key] }));
    }
    volume.addEventListener('input', () => (sound.volume = volume.value / 100));

    let stream = null;
    let peer = null;
    let channel = null;
    let resource = null;
    let tag = null;
    let finished = false;
    let retried = false;
    let timer = 0;
    /** What the line does, as it said last: a connection that comes back finds it so. */
    let told = 'ecoute';
    /** The caption of the caller's turn, replaced as more of it is heard. */
    let heard = null;
    const me = { kind: 'appel', end };
    current = me;
    show('Parler à l’état civil', words, lines.box, el('div', { class: 'pied' }, keypad, controls), sound);
    view.classList.add('fil-ouvert');
    title.focus();

    try {
      await microphone();
      await connect();
    } catch (error) {
      fail(error);
    }

    async function microphone() {
      if (!window.isSecureContext || !navigator.mediaDevices || !window.RTCPeerConnection) throw new Refusal(WORDS.insecure);
      turn('micro');
      const clean = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: clean });
      } catch ({ name }) {
        throw new Refusal({ NotFoundError: WORDS.missing, NotReadableError: WORDS.busy, AbortError: WORDS.busy }[name] || WORDS.refused);
      }
      if (finished) stopMicrophone();
    }

    async function connect() {
      if (finished) return;
      told = 'ecoute';
      turn('connexion');
      const { glace } = await state();
      if (finished) return;
      peer = new RTCPeerConnection({ iceServers: glace });
      const mine = peer;
      channel = peer.createDataChannel('standardiste');
      channel.onmessage = ({ data }) => receive(JSON.parse(data));
      peer.ontrack = ({ track }) => {
        sound.srcObject = new MediaStream([track]);
        sound.play().catch(() => {});
      };
      peer.addTransceiver(stream.getAudioTracks()[0], { direction: 'sendrecv', streams: [stream] });
      peer.onconnectionstatechange = () => mine === peer && changed();
      wait(CONNECTING_MS, () => fail(new Refusal(WORDS.blocked)));
      const response = await describe(new URL('appel', server), 'POST', {});
      resource = new URL(response.headers.get('Location'), server);
      if (finished) end();
    }

    /** Sends our description, with all its candidates, and takes the answer. */
    async function describe(address, method, headers) {
      const mine = peer;
      await mine.setLocalDescription(await mine.createOffer());
      await new Promise((resolve) => {
        const complete = () => mine.iceGatheringState === 'complete' && resolve();
        mine.addEventListener('icegatheringstatechange', complete);
        setTimeout(resolve, GATHERING_MS);
        complete();
      });
      let response;
      try {
        const body = mine.localDescription.sdp;
        response = await fetch(address, { method, body, headers: { 'Content-Type': 'application/sdp', ...headers }, signal: within(10000) });
      } catch {
        throw new Refusal(WORDS.unreachable);
      }
      if (!response.ok) throw await refusal(response);
      tag = response.headers.get('ETag');
      const sdp = await response.text();
      if (mine.signalingState !== 'closed') await mine.setRemoteDescription({ type: 'answer', sdp });
      return response;
    }

    function changed() {
      if (finished) return;
      switch (peer.connectionState) {
        case 'connected':
          clearTimeout(timer);
          turn(told);
          say('Vous êtes en ligne.');
          break;
        case 'disconnected':
          turn('reprise');
          wait(WAVERING_MS, restart);
          break;
        case 'failed':
          if (resource && words.dataset.etat !== 'connexion') restart();
          else fail(new Refusal(WORDS.blocked));
          break;
      }
    }

    /** The network changed: the same call by another path, else one new call. */
    async function restart() {
      if (finished) return;
      if (retried) {
        fail(new Refusal(WORDS.lost));
        return;
      }
      retried = true;
      turn('reprise');
      wait(CONNECTING_MS / 2, renew);
      try {
        peer.restartIce();
        await describe(resource, 'PATCH', tag ? { 'If-Match': tag } : {});
      } catch {
        renew();
      }
    }

    async function renew() {
      if (finished || peer?.connectionState === 'connected') return;
      clearTimeout(timer);
      hangUp();
      lines.add('note', WORDS.again);
      try {
        await connect();
      } catch {
        fail(new Refusal(WORDS.lost));
      }
    }

    function receive(message) {
      if (message.type === 'sous-titre') {
        const line = message.cote === 'ligne';
        if (!line && heard?.tour === message.tour) heard.element.remove();
        const numbers = /appelez|sms/i.test(message.texte) && line ? [...message.texte.matchAll(EMERGENCY)].map((found) => found[1]) : [];
        const element = lines.add(line ? 'ligne' : 'appelant', ...linked(message.texte, numbers));
        heard = line ? heard : { tour: message.tour, element };
      } else if (message.type === 'etat') {
        if (message.etat === 'fini') finish({ panne: WORDS.broken, connexion: WORDS.lost, fermeture: WORDS.closed }[message.motif] || WORDS.callOver);
        else turn((told = message.etat));
      }
    }

    function turn(etat) {
      if (!STATES[etat]) return;
      words.dataset.etat = etat;
      words.textContent = STATES[etat];
      if (ANNOUNCED.includes(etat)) say(STATES[etat]);
    }

    function toggleMute() {
      const track = stream?.getAudioTracks()[0];
      if (!track) return;
      track.enabled = !track.enabled;
      mute.setAttribute('aria-pressed', String(!track.enabled));
      say(track.enabled ? 'Le micro est ouvert.' : 'Le micro est coupé.');
    }

    function toggleCaptions() {
      lines.lines.hidden = !lines.lines.hidden;
      captions.textContent = lines.lines.hidden ? 'Montrer les sous-titres' : 'Masquer les sous-titres';
    }

    function toggleKeypad() {
      keypad.hidden = !keypad.hidden;
      keys.setAttribute('aria-expanded', String(!keypad.hidden));
    }

    function press(touche) {
      const sender = peer?.getSenders().find(({ dtmf }) => dtmf?.canInsertDTMF);
      if (sender) sender.dtmf.insertDTMF(touche, 100);
      else if (channel?.readyState === 'open') channel.send(JSON.stringify({ type: 'touche', touche }));
    }

    function wait(milliseconds, then) {
      clearTimeout(timer);
      timer = setTimeout(then, milliseconds);
    }

    function fail(error) {
      if (finished) return;
      end();
      current = null;
      console.warn('standardiste :', error.message);
      if (lines.lines.childElementCount) over(error instanceof Refusal ? error.message : WORDS.lost);
      else welcome(error instanceof Refusal ? error.message : WORDS.unreachable);
    }

    function finish(text) {
      if (finished) return;
      end();
      current = null;
      over(text);
    }

    /** The captions stay to be read. */
    function over(text) {
      const box = el('div', { class: 'pied' }, ended(text));
      lines.lines.hidden = false;
      show('Parler à l’état civil', lines.box, box);
      view.classList.add('fil-ouvert');
      box.querySelector('button').focus();
      lines.follow();
    }

    function stopMicrophone() {
      stream?.getTracks().forEach((track) => track.stop());
    }

    function hangUp() {
      if (channel?.readyState === 'open') channel.send('{"type":"raccrocher"}');
      if (resource) fetch(resource, { method: 'DELETE', keepalive: true }).catch(() => {});
      resource = null;
      peer?.close();
    }

    function end() {
      finished = true;
      clearTimeout(timer);
      hangUp();
      stopMicrophone();
      sound.srcObject = null;
    }
  }

  // ── In the page ───────────────────────────────────────────────────────────────────────────

  function install() {
    const given = [...document.querySelectorAll('link[rel~="stylesheet"]')].find(({ href }) => href.startsWith(new URL('widget.css', server).href));
    const style = el('link', { rel: 'stylesheet', href: given?.href || new URL('widget.css', server).href });
    const own = script.dataset.bouton ? document.querySelectorAll(script.dataset.bouton) : [];
    own.forEach((element) => element.addEventListener('click', () => open(element)));
    root.append(style, ...(own.length ? [] : [launcher]), panel);
    document.body.append(host);
  }

  // Without a modal dialog (browsers before 2022) the site's own telephone number is the way.
  if (window.HTMLDialogElement) install();
})();
