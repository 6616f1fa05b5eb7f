"""Small ONNX files whose outputs are simple functions of the image. Debian's python3-onnx."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


class Graph:
    """Collects nodes and constants."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, values, kind=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def __call__(self, operator, *inputs, name=None, **attributes):
        name = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def save(self, file, inputs, outputs, metadata=None):
        def tensors(declared):
            return [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in declared]

        graph = helper.make_graph(self.nodes, "g", tensors(inputs), tensors(outputs), self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        for key, value in (metadata or {}).items():
            entry = model.metadata_props.add()
            entry.key, entry.value = key, value
        onnx.checker.check_model(model)
        onnx.save(model, file)


def averages(g, image, side):
    """[1, 3, height / side, width / side]"""
    return g("AveragePool", image, kernel_shape=[side, side], strides=[side, side])


def mixed(g, planes, weights, bias, name=None):
    """A convolution of single pixels."""
    weights = np.asarray(weights, np.float32)
    kernel = g.constant(weights[:, :, None, None])
    return g("Conv", planes, kernel, g.constant(bias), name=name, kernel_shape=[1, 1])


def rows(g, planes, width, name=None):
    """[1, pixels, width]"""
    turned = g("Transpose", planes, perm=[0, 2, 3, 1])
    return g("Reshape", turned, g.constant([1, -1, width], np.int64), name=name)


def yunet(file, size):
    """The face is where the image is red and not green; green widens, blue heightens its box."""
    g = Graph()
    scaled = g("Mul", "input", g.constant(1 / 255))
    outputs = []
    for stride in (8, 16, 32):
        cells = averages(g, scaled, stride)
        red = g("Relu", mixed(g, cells, [[0, -1, 1]], [0]))
        rows(g, red, 1, f"cls_{stride}")
        rows(g, mixed(g, cells, [[-0.5, 0, 0]], [1]), 1, f"obj_{stride}")
        rows(g, mixed(g, cells, [[0, 0, 0], [0, 0, 0], [0, 3, 0], [2, 0, 0]], [0.25, 0.5, 0.5, 0.5]), 4, f"bbox_{stride}")
        rows(g, mixed(g, cells, np.zeros((10, 3)), np.zeros(10)), 10, f"kps_{stride}")
    for kind, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            number = size // stride * (size // stride) if isinstance(size, int) else None
            outputs.append((f"{kind}_{stride}", [1, number, width]))
    sides = [size, size] if isinstance(size, int) else ["height", "width"]
    g.save(file, [("input", [1, 3, *sides])], outputs)


NAMES = "{0: 'red thing', 1: \"blue's thing\"}"


def yolo(file, side, coefficients=0, final=False, names=NAMES):
    """Red and blue things in cells of 8 pixels; green widens their boxes."""
    g = Graph()
    cells = averages(g, "images", 8)
    at = (np.arange(side // 8) + 0.5) * 8
    columns, lines = np.meshgrid(at, at)
    grid = g.constant(np.stack([columns, lines])[None])
    size = mixed(g, cells, [[0, 24, 0], [0, 8, 0]], [52, 30])
    classes = mixed(g, cells, [[1, -0.5, 0], [0, -0.5, 1]], [0, 0])
    if final:
        half = g("Mul", size, g.constant(0.5))
        best = g("ReduceMax", classes, axes=[1], keepdims=1)
        kind = g("Cast", g("ArgMax", classes, axis=1, keepdims=1), to=FLOAT)
        parts = [g("Sub", grid, half), g("Add", grid, half), best, kind]
    else:
        parts = [grid, size, classes]
    width = 6
    if coefficients:
        weights = np.zeros((coefficients, 3))
        weights[0], weights[1], weights[2] = [1, 0, 0], [0, 0, 1], [0, 1, 0]
        parts.append(mixed(g, cells, weights, np.zeros(coefficients)))
        width += coefficients
    joined = g("Concat", *parts, axis=1)
    number = (side // 8) ** 2
    if final:
        rows(g, joined, width, "output0")
        outputs = [("output0", [1, number, width])]
    else:
        g("Reshape", joined, g.constant([1, width, number], np.int64), name="output0")
        outputs = [("output0", [1, width, number])]
    if coefficients:
        weights = np.zeros((coefficients, 3))
        weights[0], weights[1], weights[2] = [1, -1, 0], [0, -1, 1], [0.25, 0, 0.25]
        bias = np.zeros(coefficients)
        bias[0] = bias[1] = -0.4
        mixed(g, averages(g, "images", 4), weights, bias, "output1")
        outputs.append(("output1", [1, coefficients, side // 4, side // 4]))
    metadata = {"stride": "32", "imgsz": f"[{side}, {side}]", "task": "segment" if coefficients else "detect"}
    if names:
        metadata["names"] = names
    g.save(file, [("images", [1, 3, side, side])], outputs, metadata)


def bad():
    """Files that are no detectors."""
    g = Graph()
    g("Reshape", g("ReduceMean", "x", axes=[1, 2, 3], keepdims=1), g.constant([1, 1], np.int64), name="m")
    g("Expand", "m", g.constant([1, 5], np.int64), name="y")
    g.save("other.onnx", [("x", [1, 3, 8, 8])], [("y", [1, 5])])
    node = helper.make_node("Sharpen", ["x"], ["y"], domain="com.example")
    tensor = [helper.make_tensor_value_info(name, FLOAT, [1, 3, 8, 8]) for name in "xy"]
    graph = helper.make_graph([node], "g", [tensor[0]], [tensor[1]])
    imports = [helper.make_opsetid("", 13), helper.make_opsetid("com.example", 1)]
    onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=8), "operator.onnx")
    weights = TensorProto(name="w", data_type=FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    entry = weights.external_data.add()
    entry.key, entry.value = "location", "../outside.bin"
    node = helper.make_node("Add", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", [tensor[0]], [tensor[1]], [weights])
    model = helper.make_model(graph, opset_imports=imports[:1], ir_version=8)
    open("outside.onnx", "wb").write(model.SerializeToString())


def endless(file):
    """A detector that counts for days before it answers."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["still"]),
            helper.make_node("Add", ["sum", "sum"], ["doubled"]),
            helper.make_node("Sub", ["doubled", "sum"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("sum", FLOAT, [1, 3, 64, 64]),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", FLOAT, [1, 3, 64, 64]),
        ],
    )
    g = Graph()
    last = g("Loop", g.constant(10**12, np.int64), g.constant(True, bool), "images", body=body)
    g("Reshape", last, g.constant([1, 6, 2048], np.int64), name="output0")
    g.save(file, [("images", [1, 3, 64, 64])], [("output0", [1, 6, 2048])])


def depth(file):
    """Depth from brightness, at half the size."""
    g = Graph()
    grey = mixed(g, averages(g, "image", 2), [[0.5, 0.3, -0.1]], [0.2])
    g("Squeeze", grey, g.constant([1], np.int64), name="depth")
    g.save(file, [("image", [1, 3, "height", "width"])], [("depth", [1, "rows", "columns"])])


def edges(file):
    """Five maps, each half as large as the one before."""
    g = Graph()
    outputs = []
    for i, weights in enumerate(([1, -1, 0], [0, 1, -1], [-1, 0, 1], [0.5, 0.5, -1], [1, 0, -0.5])):
        cells = averages(g, "image", 2**i) if i else "image"
        mixed(g, cells, [np.asarray(weights) / 24], [-0.5], f"edges{i}")
        outputs.append((f"edges{i}", [1, 1, None, None]))
    g.save(file, [("image", [1, 3, "height", "width"])], outputs)


def lines(file):
    g = Graph()
    g("Sigmoid", mixed(g, "image", [[3, -2, 4]], [-2]), name="lines")
    g.save(file, [("image", [1, 3, "height", "width"])], [("lines", [1, 1, "height", "width"])])


def people(file):
    """Red places are people, blue ones other things."""
    g = Graph()
    parts = []
    for stride in (8, 16, 32):
        weights, bias = np.zeros((85, 3)), np.zeros(85)
        weights[4], weights[5], weights[20] = [0.004, -0.003, 0.003], [0.0038, 0, -0.002], [-0.002, 0, 0.0038]
        bias[:4] = 0.5, 0.5, np.log(200 / stride), np.log(300 / stride)
        parts.append(rows(g, mixed(g, averages(g, "images", stride), weights, bias), 85))
    g("Concat", *parts, axis=1, name="output")
    g.save(file, [("images", [1, 3, 640, 640])], [("output", [1, 8400, 85])])


def key_points(file):
    """A pose that moves to the right with red and down with blue."""
    g = Graph()
    random = np.random.default_rng(11)
    outputs = []
    mean = g("ReduceMean", "input", axes=[2, 3], keepdims=1)
    scores = g.constant(random.uniform(0.2, 1, (1, 133, 1)))
    for name, channel, bins in (("simcc_x", [1, 0, 0], 576), ("simcc_y", [0, 0, 1], 768)):
        moved = g("Reshape", mixed(g, mean, [np.asarray(channel) * 20], [0]), g.constant([1, 1, 1], np.int64))
        at = random.uniform(0.15, 0.85, (1, 133, 1)) * bins
        at[:, 23:] = at[:, :1] + random.uniform(-0.12, 0.12, (1, 110, 1)) * bins
        distance = g("Sub", g.constant(np.arange(bins)[None, None]), g("Add", g.constant(at), moved))
        bell = g("Exp", g("Mul", g("Mul", distance, distance), g.constant(-0.1)))
        g("Mul", bell, scores, name=name)
        outputs.append((name, [1, 133, bins]))
    g.save(file, [("input", [1, 3, 384, 288])], outputs)


def encoder(file, sam2=False, planes=False):
    """Embeddings of 4 channels, of which the first three are the mean colours of squares."""
    g = Graph()
    if sam2 or planes:
        inputs = [("image", [1, 3, 1024, 1024])]
        scaled = "image"
    else:
        inputs = [("input_image", ["height", "width", 3])]
        turned = g("Unsqueeze", g("Transpose", "input_image", perm=[2, 0, 1]), g.constant([0], np.int64))
        shape = g("Shape", turned)
        missing = g("Sub", g.constant([1, 3, 1024, 1024], np.int64), shape)
        ends = g("Concat", g.constant([0, 0, 0, 0], np.int64), missing, axis=0)
        scaled = g("Mul", g("Pad", turned, ends), g.constant(1 / 255))
    weights = np.zeros((256, 3))
    weights[:3] = np.eye(3)
    name = "image_embed" if sam2 else "image_embeddings"
    mixed(g, averages(g, scaled, 16), weights, np.zeros(256), name)
    outputs = [(name, [1, 256, 64, 64])]
    if sam2:
        mixed(g, averages(g, scaled, 4), np.ones((32, 3)), np.zeros(32), "high_res_feats_0")
        mixed(g, averages(g, scaled, 8), np.ones((64, 3)), np.zeros(64), "high_res_feats_1")
        outputs = [("high_res_feats_0", [1, 32, 256, 256]), ("high_res_feats_1", [1, 64, 128, 128])] + outputs
    g.save(file, inputs, outputs)


def decoder(file, sam2=False):
    """Masks of the colours at the first point; each point outside makes them smaller."""
    g = Graph()

    def whole(values):
        return g.constant(values, np.int64)

    embedding = "image_embed" if sam2 else "image_embeddings"
    colours = g("Slice", embedding, whole([0]), whole([3]), whole([1]))
    first = g("Slice", "point_coords", whole([0]), whole([1]), whole([1]))
    cell = g("Cast", g("Floor", g("Div", first, g.constant(16.0))), to=TensorProto.INT64)
    x, y = (g("Reshape", g("Slice", cell, whole([i]), whole([i + 1]), whole([2])), whole([1])) for i in (0, 1))
    there = g("Slice", g("Slice", colours, y, g("Add", y, whole([1])), whole([2])), x, g("Add", x, whole([1])), whole([3]))
    distance = g("ReduceMean", g("Abs", g("Sub", colours, there)), axes=[1], keepdims=1)
    outside = g("Cast", g("Equal", "point_labels", g.constant(0.0)), to=FLOAT)
    least = g("Mul", g("ReduceSum", outside, keepdims=1), g.constant(0.05))
    least = g("Reshape", least, whole([1, 1, 1, 1]))
    near = g("Sub", g("Sub", g.constant([[[[0.3]], [[0.2]], [[0.05]]]]), distance), least)
    if sam2:
        low = g("Resize", near, "", "", whole([1, 3, 256, 256]), mode="linear", name="masks")
    else:
        full = g("Resize", near, "", "", whole([1, 3, 1024, 1024]), mode="linear")
        longer = g("ReduceMax", "orig_im_size", keepdims=1)
        inner = g("Floor", g("Add", g("Mul", g("Div", "orig_im_size", longer), g.constant(1024.0)), g.constant(0.5)))
        cut = g("Slice", full, whole([0, 0]), g("Cast", inner, to=TensorProto.INT64), whole([2, 3]))
        size = g("Concat", whole([1, 3]), g("Cast", "orig_im_size", to=TensorProto.INT64), axis=0)
        g("Resize", cut, "", "", size, mode="linear", name="masks")
        g("Identity", near, name="low_res_masks")
    unused = g("Mul", g("ReduceSum", "has_mask_input", keepdims=1), g.constant([0.0]))
    ignored = g("Mul", g("Reshape", g("ReduceSum", "mask_input", keepdims=0), whole([1])), g.constant([0.0]))
    g("Add", g("Add", g.constant([[0.5, 0.9, 0.7]]), unused), ignored, name="iou_predictions")
    inputs = [
        (embedding, [1, 256, 64, 64]),
        ("point_coords", [1, "points", 2]),
        ("point_labels", [1, "points"]),
        ("mask_input", [1, 1, 256, 256]),
        ("has_mask_input", [1]),
    ]
    if sam2:
        features = g("Add", g("ReduceMean", "high_res_feats_0", keepdims=0), g("ReduceMean", "high_res_feats_1", keepdims=0))
        g("Identity", features, name="unused")
        inputs[1:1] = [("high_res_feats_0", [1, 32, 256, 256]), ("high_res_feats_1", [1, 64, 128, 128])]
        outputs = [("masks", [1, 3, 256, 256]), ("iou_predictions", [1, 3])]
    else:
        inputs.append(("orig_im_size", [2]))
        outputs = [("masks", [1, 3, None, None]), ("iou_predictions", [1, 3]), ("low_res_masks", [1, 3, 64, 64])]
    g.save(file, inputs, outputs)


if __name__ == "__main__":
    bad()
    yunet("yunet.onnx", 640)
    yunet("yunet-dynamic.onnx", "any")
    yolo("yolo.onnx", 64)
    yolo("yolo-nameless.onnx", 64, names=None)
    yolo("yolo-final.onnx", 64, final=True)
    yolo("yolo-seg.onnx", 64, coefficients=32)
    depth("control/depth_anything_v2_vits.onnx")
    edges("control/ControlNetHED.onnx")
    lines("control/sk_model.onnx")
    people("control/yolox_l.onnx")
    key_points("control/dw-ll_ucoco_384.onnx")
    endless("endless.onnx")
    encoder("sam-encoder.onnx")
    encoder("planes-encoder.onnx", planes=True)
    decoder("sam-decoder.onnx")
    encoder("sam2-encoder.onnx", sam2=True)
    decoder("sam2-decoder.onnx", sam2=True)
