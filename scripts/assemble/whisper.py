"""Whisper from the CTranslate2 layout to the ggml layout that whisper.cpp reads.

Run by scripts/models with the tools' own Python (numpy): `whisper.py MODEL.bin TOKENIZER.json F16.bin Q8_0.bin`.
"""

import json
import math
import struct
import sys

import numpy as np

from progress import Progress

GGML_MAGIC = 0x67676D6C
FTYPE_F16 = 1
# ggml's ftype carries the version of the quantisation format in its thousands.
FTYPE_Q8_0 = 7 + 2 * 1000
TYPE_F32, TYPE_F16, TYPE_Q8_0 = 0, 1, 8
Q8_BLOCK = 32

SAMPLE_RATE, N_FFT, N_MELS = 16_000, 400, 80
N_AUDIO_CTX, N_TEXT_CTX = 1500, 448
# Byte-pair tokens of the multilingual vocabulary; whisper.cpp makes up the special ones itself.
N_BASE_TOKENS = 50_257


def read_ctranslate2(path):
    """The variables of a CTranslate2 model (binary version 6), by name."""
    data = memoryview(open(path, "rb").read())
    at = 0

    def number(kind):
        nonlocal at
        (value,) = struct.unpack_from("<" + kind, data, at)
        at += struct.calcsize("<" + kind)
        return value

    def text():
        nonlocal at
        size = number("H")
        value = bytes(data[at : at + size - 1]).decode()
        at += size
        return value

    version, spec, _revision = number("I"), text(), number("I")
    if version != 6 or spec != "WhisperSpec":
        raise SystemExit(f"{path} : format {spec} version {version} inattendu (WhisperSpec version 6 attendu)")
    kinds = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
    variables = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind, size = kinds[number("B")], number("I")
        variables[name] = np.frombuffer(data[at : at + size], dtype=kind).reshape(shape)
        at += size
    return variables


def openai_tensors(variables):
    """The same weights under the names and in the pieces of the original model, which ggml keeps."""

    def norm(ours, theirs):
        yield f"{ours}.weight", variables[f"{theirs}/gamma"]
        yield f"{ours}.bias", variables[f"{theirs}/beta"]

    def linear(ours, theirs):
        yield f"{ours}.weight", variables[f"{theirs}/weight"]
        yield f"{ours}.bias", variables[f"{theirs}/bias"]

    def fused(ours, theirs, parts):
        weights = np.split(variables[f"{theirs}/weight"], len(parts))
        biases = np.split(variables[f"{theirs}/bias"], len(parts))
        for part, weight, bias in zip(parts, weights, biases):
            yield f"{ours}.{part}.weight", weight
            # The original has no bias on the key; CTranslate2 stores zeros there.
            if part != "key":
                yield f"{ours}.{part}.bias", bias

    for side in ("encoder", "decoder"):
        yield f"{side}.positional_embedding", variables[f"{side}/position_encodings/encodings"]
        if side == "encoder":
            for conv in ("conv1", "conv2"):
                yield f"encoder.{conv}.weight", variables[f"encoder/{conv}/weight"]
                yield f"encoder.{conv}.bias", variables[f"encoder/{conv}/bias"].reshape(-1, 1)
        else:
            yield "decoder.token_embedding.weight", variables["decoder/embeddings/weight"]
        layer = 0
        while f"{side}/layer_{layer}/ffn/linear_0/weight" in variables:
            ours, theirs = f"{side}.blocks.{layer}", f"{side}/layer_{layer}"
            yield from norm(f"{ours}.attn_ln", f"{theirs}/self_attention/layer_norm")
            yield from fused(f"{ours}.attn", f"{theirs}/self_attention/linear_0", ("query", "key", "value"))
            yield from linear(f"{ours}.attn.out", f"{theirs}/self_attention/linear_1")
            if side == "decoder":
                yield from norm(f"{ours}.cross_attn_ln", f"{theirs}/attention/layer_norm")
                yield from linear(f"{ours}.cross_attn.query", f"{theirs}/attention/linear_0")
                yield from fused(f"{ours}.cross_attn", f"{theirs}/attention/linear_1", ("key", "value"))
                yield from linear(f"{ours}.cross_attn.out", f"{theirs}/attention/linear_2")
            yield from norm(f"{ours}.mlp_ln", f"{theirs}/ffn/layer_norm")
            yield from linear(f"{ours}.mlp.0", f"{theirs}/ffn/linear_0")
            yield from linear(f"{ours}.mlp.2", f"{theirs}/ffn/linear_1")
            layer += 1
        yield from norm("encoder.ln_post" if side == "encoder" else "decoder.ln", f"{side}/layer_norm")


def mel_filters():
    """Slaney's triangular filters, 80 × 201, each of unit area."""
    step, knee_hz, log_step = 200.0 / 3, 1000.0, math.log(6.4) / 27
    knee = knee_hz / step

    def to_mel(hz):
        return hz / step if hz < knee_hz else knee + math.log(hz / knee_hz) / log_step

    def to_hz(mel):
        return mel * step if mel < knee else knee_hz * math.exp(log_step * (mel - knee))

    top = to_mel(SAMPLE_RATE / 2)
    edges = [to_hz(top * i / (N_MELS + 1)) for i in range(N_MELS + 2)]
    filters = np.zeros((N_MELS, N_FFT // 2 + 1), dtype=np.float32)
    for mel, (low, peak, high) in enumerate(zip(edges, edges[1:], edges[2:])):
        for bin_ in range(N_FFT // 2 + 1):
            hz = bin_ * SAMPLE_RATE / N_FFT
            rise, fall = (hz - low) / (peak - low), (high - hz) / (high - peak)
            filters[mel, bin_] = max(0.0, min(rise, fall)) * 2.0 / (high - low)
    return filters


def base_tokens(path):
    """The byte-pair tokens as bytes, in order of their numbers."""
    # GPT-2's table: printable bytes stand for themselves, the others for the characters from U+0100 on.
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    byte_of = {chr(b): b for b in plain}
    byte_of.update({chr(256 + i): b for i, b in enumerate(b for b in range(256) if b not in plain)})
    vocabulary = json.load(open(path, encoding="utf-8"))["model"]["vocab"]
    numbered = sorted((number, token) for token, number in vocabulary.items() if number < N_BASE_TOKENS)
    if len(numbered) != N_BASE_TOKENS:
        raise SystemExit(f"{path} : {len(numbered)} jetons, {N_BASE_TOKENS} attendus")
    return [bytes(byte_of[c] for c in token) for _, token in numbered]


def q8_0(matrix):
    """ggml's Q8_0: blocks of 32 weights, one float16 scale each."""
    blocks = matrix.astype(np.float32).reshape(-1, Q8_BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale > 0)
    scaled = blocks * inverse
    # Half away from zero, as C's roundf.
    rounded = np.copysign(np.floor(np.abs(scaled) + np.float32(0.5)), scaled)
    out = np.zeros(len(blocks), dtype=[("scale", "<f2"), ("quants", "i1", Q8_BLOCK)])
    out["scale"] = scale[:, 0]
    out["quants"] = rounded
    return out.tobytes()


def write_ggml(path, tensors, tokens, filters, quantised, progress):
    shapes = dict((name, tensor.shape) for name, tensor in tensors)
    n_vocab, n_state = shapes["decoder.token_embedding.weight"]
    layers = [sum(f"{side}.blocks.{i}.mlp.0.weight" in shapes for i in range(64)) for side in ("encoder", "decoder")]
    # Every Whisper has heads of 64.
    heads = n_state // 64
    ftype = FTYPE_Q8_0 if quantised else FTYPE_F16
    with open(path, "wb") as out:
        header = (n_vocab, N_AUDIO_CTX, n_state, heads, layers[0], N_TEXT_CTX, n_state, heads, layers[1], N_MELS, ftype)
        out.write(struct.pack("<12i", GGML_MAGIC, *header))
        out.write(struct.pack("<2i", *filters.shape) + filters.astype("<f4").tobytes())
        out.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            out.write(struct.pack("<i", len(token)) + token)
        for name, tensor in tensors:
            if tensor.ndim < 2 or name.endswith(("conv1.bias", "conv2.bias", "positional_embedding")):
                kind, payload = TYPE_F32, tensor.astype("<f4").tobytes()
            elif quantised and tensor.ndim == 2:
                kind, payload = TYPE_Q8_0, q8_0(tensor)
            else:
                kind, payload = TYPE_F16, tensor.astype("<f2").tobytes()
            label = name.encode()
            out.write(struct.pack("<3i", tensor.ndim, len(label), kind))
            out.write(struct.pack(f"<{tensor.ndim}i", *reversed(tensor.shape)) + label + payload)
            progress.advance(tensor.size * 2)


def main(model, tokenizer, f16, quantised):
    tensors = list(openai_tensors(read_ctranslate2(model)))
    tokens, filters = base_tokens(tokenizer), mel_filters()
    progress = Progress("Whisper au format ggml", sum(t.size for _, t in tensors) * 4)
    write_ggml(f16, tensors, tokens, filters, False, progress)
    write_ggml(quantised, tensors, tokens, filters, True, progress)
    progress.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
