"""Expected masks at points, by OpenCV and ONNX's reference evaluator."""

import cv2
import numpy as np
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

POINTS = {
    "one": ([(30, 25)], []),
    "three": ([(12, 8), (20, 25)], [(1, 30)]),
}


class Resize(OpRun):
    """As fast as OpenCV."""

    op_domain = ""

    def _run(self, planes, roi=None, scales=None, sizes=None, **attributes):
        size = int(sizes[3]), int(sizes[2])
        made = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in planes[0]]
        return (np.stack(made)[None],)


def network(file):
    return ReferenceEvaluator(file + ".onnx", new_ops=[Resize])


def sam(rgb, inside, outside, planes=False):
    height, width = rgb.shape[:2]
    scale = 1024 / max(width, height)
    size = int(width * scale + 0.5), int(height * scale + 0.5)
    large = cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR)
    if planes:
        square = np.zeros((1, 3, 1024, 1024), np.float32)
        normal = (large - [123.675, 116.28, 103.53]) / [58.395, 57.12, 57.375]
        square[0, :, : size[1], : size[0]] = normal.transpose(2, 0, 1)
        embedding = network("planes-encoder").run(None, {"image": square})[0]
    else:
        embedding = network("sam-encoder").run(None, {"input_image": large.astype(np.float32)})[0]
    points = [(x * size[0] / width, y * size[1] / height) for x, y in (*inside, *outside)] + [(0, 0)]
    labels = [1] * len(inside) + [0] * len(outside) + [-1]
    given = {
        "image_embeddings": embedding,
        "point_coords": np.array([points], np.float32),
        "point_labels": np.array([labels], np.float32),
        "mask_input": np.zeros((1, 1, 256, 256), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
        "orig_im_size": np.array([height, width], np.float32),
    }
    masks, scores, _ = network("sam-decoder").run(None, given)
    return masks[0][np.argmax(scores)]


def planes(rgb, inside, outside):
    return sam(rgb, inside, outside, planes=True)


def sam2(rgb, inside, outside):
    height, width = rgb.shape[:2]
    large = cv2.resize(rgb, (1024, 1024), interpolation=cv2.INTER_LINEAR) / 255
    planes = ((large - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).transpose(2, 0, 1)
    features = network("sam2-encoder").run(None, {"image": planes[None].astype(np.float32)})
    points = [(x / width * 1024, y / height * 1024) for x, y in (*inside, *outside)]
    labels = [1] * len(inside) + [0] * len(outside)
    given = {
        "high_res_feats_0": features[0],
        "high_res_feats_1": features[1],
        "image_embed": features[2],
        "point_coords": np.array([points], np.float32),
        "point_labels": np.array([labels], np.float32),
        "mask_input": np.zeros((1, 1, 256, 256), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
    }
    masks, scores = network("sam2-decoder").run(None, given)
    return cv2.resize(masks[0][np.argmax(scores)], (width, height), interpolation=cv2.INTER_LINEAR)


if __name__ == "__main__":
    for name in ("wide", "tall", "small"):
        rgb = np.ascontiguousarray(cv2.imread(name + ".png")[:, :, ::-1])
        for points, (inside, outside) in POINTS.items():
            for kind in (sam, sam2, planes):
                mask = (kind(rgb, inside, outside) > 0).astype(np.uint8) * 255
                print(name, points, kind.__name__, mask.shape, np.count_nonzero(mask) / mask.size)
                cv2.imwrite(f"mask.{name}.{points}.{kind.__name__}.png", mask)
