"""Expected control images, by OpenCV and ONNX's reference evaluator."""

import colorsys
import math

import cv2
import numpy as np
from onnx.reference import ReferenceEvaluator


def run(file, planes):
    network = ReferenceEvaluator(f"control/{file}.onnx")
    return network.run(None, {network.input_names[0]: planes[None].astype(np.float32)})


def depth(rgb):
    height, width = rgb.shape[:2]
    scale = max(518 / height, 518 / width)
    size = [max(37, round(scale * side / 14)) * 14 for side in (width, height)]
    planes = cv2.resize(rgb / 255.0, size, interpolation=cv2.INTER_CUBIC)
    planes = (planes - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    made = run("depth_anything_v2_vits", planes.transpose(2, 0, 1))[0][0]
    made = cv2.resize(made, (width, height), interpolation=cv2.INTER_LINEAR)
    return ((made - made.min()) / (made.max() - made.min()) * 255).astype(np.uint8)


def edges(rgb):
    maps = run("ControlNetHED", rgb.transpose(2, 0, 1))
    size = rgb.shape[1], rgb.shape[0]
    maps = [cv2.resize(each[0, 0].astype(np.float32), size, interpolation=cv2.INTER_LINEAR) for each in maps]
    return (255 / (1 + np.exp(-np.mean(maps, axis=0, dtype=np.float64)))).astype(np.uint8)


def strokes(edge):
    blurred = cv2.GaussianBlur(edge.astype(np.float32), (0, 0), 3)
    ridge = np.zeros(edge.shape, bool)
    for kernel in ([[0, 0, 0], [1, 1, 1], [0, 0, 0]], [[0, 1, 0]] * 3, np.eye(3), np.eye(3)[::-1]):
        ridge |= cv2.dilate(blurred, np.array(kernel, np.uint8)) == blurred
    thin = np.where(ridge & (blurred > 127), 255, 0).astype(np.uint8)
    return np.where(cv2.GaussianBlur(thin, (0, 0), 3) > 4, 255, 0).astype(np.uint8)


def lines(rgb):
    made = run("sk_model", rgb.transpose(2, 0, 1) / np.float32(255))[0][0, 0]
    return 255 - (made * 255).clip(0, 255).astype(np.uint8)


def boxes(rgb):
    height, width = rgb.shape[:2]
    ratio = min(640 / height, 640 / width)
    inner = int(width * ratio), int(height * ratio)
    canvas = np.full((640, 640, 3), 114, np.uint8)
    canvas[: inner[1], : inner[0]] = cv2.resize(rgb, inner, interpolation=cv2.INTER_LINEAR)
    rows = run("yolox_l", canvas.transpose(2, 0, 1))[0][0]
    at = 0
    proposals = []
    for stride in (8, 16, 32):
        for y in range(640 // stride):
            for x in range(640 // stride):
                row = rows[at]
                at += 1
                centre = (x + row[0]) * stride, (y + row[1]) * stride
                size = np.exp(row[2]) * stride, np.exp(row[3]) * stride
                box = [centre[0] - size[0] / 2, centre[1] - size[1] / 2, size[0], size[1]]
                proposals.append((np.array(box) / ratio, row[4] * row[5:]))
    people = [(box, scores[0]) for box, scores in proposals if scores[0] > 0.1]
    if not any((scores > 0.1).any() for _, scores in proposals):
        return []
    people.sort(key=lambda each: -each[1])
    kept = []
    for box, score in people:
        def overlap(other):
            w = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
            h = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
            shared = max(0, w) * max(0, h)
            return shared / (box[2] * box[3] + other[2] * other[3] - shared)
        if all(overlap(other) <= 0.45 for other, _ in kept):
            kept.append((box, score))
    kept = [box for box, score in kept if score > 0.3]
    return kept or [np.array([0, 0, width, height])]


def key_points(rgb, box):
    centre = box[:2] + box[2:] / 2
    size = box[2:] * 1.25
    ratio = 288 / 384
    size = np.array([size[0], size[0] / ratio] if size[0] > size[1] * ratio else [size[1] * ratio, size[1]])
    scale = 288 / size[0]
    matrix = np.array([[scale, 0, 144 - centre[0] * scale], [0, scale, 192 - centre[1] * scale]])
    part = cv2.warpAffine(rgb, matrix, (288, 384), flags=cv2.INTER_LINEAR)
    planes = (part - [123.675, 116.28, 103.53]) / [58.395, 57.12, 57.375]
    columns, rows = run("dw-ll_ucoco_384", planes.transpose(2, 0, 1))
    at = np.stack([columns[0].argmax(1), rows[0].argmax(1)], 1) / 2
    scores = np.minimum(columns[0].max(1), rows[0].max(1))
    return at / [288, 384] * size + centre - size / 2, scores


def draw(canvas, points, scores):
    found = [tuple(point) if score >= 0.3 else None for point, score in zip(points, scores)]
    neck = tuple((points[5] + points[6]) / 2) if scores[5] > 0.3 and scores[6] > 0.3 else None
    order = [0, None, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3]
    body = [neck if i is None else found[i] for i in order]
    hues = [(255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0)]
    hues += [(0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255)]
    hues += [(0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85)]
    limbs = "1-2 1-5 2-3 3-4 5-6 6-7 1-8 8-9 9-10 1-11 11-12 12-13 1-0 0-14 14-16 0-15 15-17"
    for limb, colour in zip(limbs.split(), hues):
        a, b = (body[int(end)] for end in limb.split("-"))
        if a and b:
            half = int(math.dist(a, b) / 2)
            angle = int(math.degrees(math.atan2(a[1] - b[1], a[0] - b[0])))
            centre = int((a[0] + b[0]) / 2), int((a[1] + b[1]) / 2)
            shape = cv2.ellipse2Poly(centre, (half, 4), angle, 0, 360, 1)
            cv2.fillConvexPoly(canvas, shape, [int(level * 0.6) for level in colour])
    for point, colour in zip(body, hues):
        if point:
            cv2.circle(canvas, (int(point[0]), int(point[1])), 4, colour, -1)
    for hand in (found[91:112], found[112:133]):
        inside = [point and int(point[0]) > 0 and int(point[1]) > 0 for point in hand]
        for i in range(20):
            a, b = 0 if i % 4 == 0 else i, i + 1
            if inside[a] and inside[b]:
                colour = [255 * part for part in colorsys.hsv_to_rgb(i / 20, 1, 1)]
                cv2.line(canvas, [int(v) for v in hand[a]], [int(v) for v in hand[b]], colour, 2)
        for point, ok in zip(hand, inside):
            if ok:
                cv2.circle(canvas, (int(point[0]), int(point[1])), 4, (0, 0, 255), -1)
    face = found[23:91]
    if any(face):
        for point in (*face, body[14], body[15]):
            if point and int(point[0]) > 0 and int(point[1]) > 0:
                cv2.circle(canvas, (int(point[0]), int(point[1])), 3, (255, 255, 255), -1)


def poses(rgb):
    canvas = np.zeros_like(rgb)
    for box in boxes(rgb):
        draw(canvas, *key_points(rgb, box))
    return canvas


if __name__ == "__main__":
    for name in ("wide", "tall", "small"):
        rgb = np.ascontiguousarray(cv2.imread(name + ".png")[:, :, ::-1])
        shorter = min(rgb.shape[:2])
        for resolution in (128, 256):
            scale = resolution / shorter
            size = round(rgb.shape[1] * scale), round(rgb.shape[0] * scale)
            large = cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC)
            padded = np.pad(large, [(0, -size[1] % 64), (0, -size[0] % 64), (0, 0)], mode="edge")
            made = {
                "depth_anything_v2": depth(padded),
                "softedge_hed": edges(padded),
                "lineart_realistic": lines(padded),
                "dw_openpose_full": poses(padded),
            }
            made = {key: image[: size[1], : size[0]] for key, image in made.items()}
            made["scribble_hed"] = strokes(made["softedge_hed"])
            for key, image in made.items():
                if resolution == 128 or key in ("dw_openpose_full", "scribble_hed"):
                    print(name, key, resolution, len(np.unique(image)))
                    cv2.imwrite(f"control/{name}.{key}@{resolution}.png", image[..., ::-1] if image.ndim == 3 else image)
