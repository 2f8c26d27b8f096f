"""A Kokoro voice behind Piper's interface, so that one engine speaks every voice.

Run by scripts/models with the tools' own Python (numpy, onnx):
`kokoro.py KOKORO.onnx STYLE.bin VOCAB.json ESPEAK_VOICE MODEL.onnx MODEL.onnx.json`.

Piper's inputs are `input` [1, T] (phonemes with a pad after each, between two marks), `input_lengths` [1] and
`scales` [3]. Kokoro's are `tokens` [1, N + 2] (a 0 at each end), `style` [1, 256] (chosen by the number of
phonemes) and `speed` [1].
"""

import json
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from progress import Progress

STYLE_ROWS, STYLE_WIDTH = 510, 256
SAMPLE_RATE = 24_000


def adapter(style):
    """The nodes and constants that make Kokoro's inputs out of Piper's."""
    constants = {
        "one": np.array([1], dtype=np.int64),
        "two": np.array([2], dtype=np.int64),
        "minus_one": np.array([-1], dtype=np.int64),
        "zero": np.array([0], dtype=np.int64),
        "ends": np.array([0, 1, 0, 1], dtype=np.int64),
        "last_row": np.array([STYLE_ROWS - 1], dtype=np.int64),
        "unit": np.array([1.0], dtype=np.float32),
        "styles": style,
    }
    make = helper.make_node
    name = "piper/{}".format
    nodes = [
        # input[:, 1:-1:2]: drop the marks and the pads.
        make("Slice", ["input", name("one"), name("minus_one"), name("one"), name("two")], [name("phonemes")]),
        make("Pad", [name("phonemes"), name("ends")], ["tokens"]),
        make("Shape", [name("phonemes")], [name("shape")], start=1, end=2),
        make("Sub", [name("shape"), name("one")], [name("row")]),
        make("Max", [name("row"), name("zero")], [name("row_from_0")]),
        make("Min", [name("row_from_0"), name("last_row")], [name("row_in_table")]),
        make("Gather", [name("styles"), name("row_in_table")], ["style"], axis=0),
        make("Slice", ["scales", name("one"), name("two"), name("zero"), name("one")], [name("length_scale")]),
        make("Div", [name("unit"), name("length_scale")], ["speed"]),
    ]
    for index, node in enumerate(nodes):
        node.name = name(f"node_{index}")
    return nodes, [numpy_helper.from_array(value, name(key)) for key, value in constants.items()]


def main(model_path, style_path, vocabulary_path, espeak_voice, out_model, out_config):
    progress = Progress(f"voix {espeak_voice} à l'interface de Piper", 3, unit="étapes", scale=1)
    model = onnx.load(model_path)
    graph = model.graph
    given = [i.name for i in graph.input]
    if given != ["tokens", "style", "speed"]:
        raise SystemExit(f"{model_path} : entrées {given} inattendues (tokens, style, speed attendues)")
    style = np.fromfile(style_path, dtype="<f4").reshape(STYLE_ROWS, STYLE_WIDTH)
    progress.advance(1)

    nodes, constants = adapter(style)
    old = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + old)
    graph.initializer.extend(constants)
    del graph.input[:]
    graph.input.extend(
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"]),
            helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ]
    )
    progress.advance(1)
    with open(out_model, "wb") as out:
        out.write(model.SerializeToString(deterministic=True))

    vocabulary = json.load(open(vocabulary_path, encoding="utf-8"))["vocab"]
    phonemes = {phoneme: [number] for phoneme, number in vocabulary.items()}
    phonemes.update({"^": [0], "$": [0], "_": [0]})
    config = {
        "audio": {"sample_rate": SAMPLE_RATE},
        "espeak": {"voice": espeak_voice},
        "inference": {"noise_scale": 0.0, "length_scale": 1.0, "noise_w": 0.0},
        "num_speakers": 1,
        "speaker_id_map": {},
        "phoneme_id_map": phonemes,
    }
    with open(out_config, "w", encoding="utf-8") as out:
        json.dump(config, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.write("\n")
    progress.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
