"""Writes masks.txt: masks of 23 x 17 pixels made by OpenCV 4.10 and Pillow 11.1 (Debian's python3-opencv, python3-pil)."""
import cv2
import numpy as np
from PIL import Image, ImageChops, ImageDraw

W, H = 23, 17
y, x = np.mgrid[0:H, 0:W]
GREY = ((x * x * 31 + y * 17 + x * y * 7) % 256).astype(np.uint8)


def box(corners):
    mask = Image.new("L", (W, H), 0)
    ImageDraw.Draw(mask).rectangle(corners, fill=255)
    return np.array(mask)


def grown(mask, side):
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (abs(side), abs(side)))
    return (cv2.dilate if side > 0 else cv2.erode)(mask, kernel, iterations=1)


def moved(mask, right, up):
    return np.array(ImageChops.offset(Image.fromarray(mask), right, -up))


with open("masks.txt", "w") as out:
    def line(mask, *words):
        out.write(" ".join(map(str, words)) + " " + mask.tobytes().hex() + "\n")

    for corners in [(3, 4, 9, 8), (3.9, 4.2, 9.99, 8.5), (0, 0, 23, 17), (20.5, 15.5, 23, 17), (5, 5, 5.4, 5.4)]:
        line(box(corners), "box", *corners)
    for side in (1, 2, 3, 4, 5, 8, 11, 16, 40, -1, -2, -3, -4, -7, -40):
        line(grown(GREY, side), "grown", side)
    for right, up in [(1, 0), (0, 1), (-5, 3), (24, -18), (100, 7)]:
        line(moved(GREY, right, up), "moved", right, up)
    for corners, side, right, up in [((3, 4, 9, 8), 4, 2, 1), ((1, 1, 4.5, 12), 5, -3, 2), ((2, 3, 14, 12), -4, 0, 0), ((2, 3, 5, 5), -6, 0, 0)]:
        line(grown(moved(box(corners), right, up), side), "shaped", *corners, side, right, up)
