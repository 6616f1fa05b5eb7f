"""Expected finds, by OpenCV's FaceDetectorYN, and by NumPy with OpenCV's resize for YOLO."""

import cv2
import numpy as np
from onnx.reference import ReferenceEvaluator


def letterboxed(image, side):
    height, width = image.shape[:2]
    gain = min(side / height, side / width)
    inner = max(1, round(width * gain)), max(1, round(height * gain))
    left, top = round((side - inner[0]) / 2 - 0.1), round((side - inner[1]) / 2 - 0.1)
    canvas = np.full((side, side, 3), 114, np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    return canvas, gain, left, top


def overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def yolo(file, image, confidence, final=False):
    side = 64
    canvas, gain, left, top = letterboxed(image, side)
    planes = canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255
    outputs = ReferenceEvaluator(file).run(None, {"images": planes})
    boxes = outputs[0][0] if final else outputs[0][0].T
    found = []
    for row in boxes:
        if final:
            box, score, kind, rest = row[:4], row[4], int(row[5]), row[6:]
        else:
            box = np.array([row[0] - row[2] / 2, row[1] - row[3] / 2, row[0] + row[2] / 2, row[1] + row[3] / 2])
            kind = int(np.argmax(row[4:6]))
            score, rest = row[4 + kind], row[6:]
        if score >= confidence:
            found.append(((box - [left, top, left, top]) / gain, score, kind, rest))
    found.sort(key=lambda each: -each[1])
    kept = []
    for each in found:
        if final or all(other[2] != each[2] or overlap(other[0], each[0]) <= 0.7 for other in kept):
            kept.append(each)
    height, width = image.shape[:2]
    result = []
    for box, score, kind, rest in kept:
        clipped = np.clip(box, 0, [width, height, width, height])
        mask = None
        if len(outputs) > 1:
            sums = np.tensordot(rest, outputs[1][0], 1)
            inner = min(sums.shape[1] / width, sums.shape[0] / height)
            across, down = (sums.shape[1] - width * inner) / 2, (sums.shape[0] - height * inner) / 2
            sums = sums[
                round(down - 0.1) : sums.shape[0] - round(down + 0.1),
                round(across - 0.1) : sums.shape[1] - round(across + 0.1),
            ]
            sums = cv2.resize(sums.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
            rows, columns = np.mgrid[:height, :width]
            inside = (columns >= clipped[0]) & (columns < clipped[2]) & (rows >= clipped[1]) & (rows < clipped[3])
            mask = ((sums > 0) & inside).astype(np.uint8) * 255
        result.append((clipped, score, ("red thing", "blue's thing")[kind], mask))
    return result


def yunet(image, confidence):
    height, width = image.shape[:2]
    net = cv2.FaceDetectorYN.create("yunet-dynamic.onnx", "", (width, height), confidence, 0.3, 5000)
    faces = net.detect(image)[1]
    found = []
    for face in faces if faces is not None else []:
        box = np.array([face[0], face[1], face[0] + face[2], face[1] + face[3]])
        found.append((np.clip(box, 0, [width, height, width, height]), face[-1], "face", None))
    return found


def image(seed, width, height):
    """Coloured rectangles with some noise."""
    random = np.random.default_rng(seed)
    made = np.full((height, width, 3), 90, np.uint8)
    for _ in range(6):
        x, y = random.integers(0, width), random.integers(0, height)
        w, h = random.integers(8, max(9, width // 2)), random.integers(8, max(9, height // 2))
        colours = np.array([[20, 20, 250], [250, 30, 10], [30, 220, 40], [20, 90, 230], [230, 90, 20]])
        made[y : y + h, x : x + w] = colours[random.integers(0, 5)]
    return np.clip(made + random.integers(-12, 13, made.shape), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    images = {"wide": image(1, 150, 90), "tall": image(4, 52, 171), "small": image(5, 40, 33)}
    lines = []
    for name, pixels in images.items():
        cv2.imwrite(name + ".png", pixels)
        for width, height in ((64, 38), (75, 45), (26, 86), (13, 200), (1, 1)):
            resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
            cv2.imwrite(f"{name}.{width}x{height}.png", resized)
        for confidence in (0.3, 0.6):
            for file, found in (
                ("yunet", yunet(pixels, confidence)),
                ("yolo", yolo("yolo.onnx", pixels, confidence)),
                ("yolo-seg", yolo("yolo-seg.onnx", pixels, confidence)),
                ("yolo-final", yolo("yolo-final.onnx", pixels, confidence, final=True)),
            ):
                lines.append(f"{file} {name} {confidence} {len(found)}")
                for at, (box, score, label, mask) in enumerate(found):
                    area = "" if mask is None else f" {int(np.count_nonzero(mask))}"
                    lines.append(" ".join(f"{value:.4f}" for value in (*box, score)) + area + " " + label)
                    if mask is not None and at < 2:
                        cv2.imwrite(f"outline.{name}.{confidence}.{at}.png", mask)
    open("finds.txt", "w").write("\n".join(lines) + "\n")
