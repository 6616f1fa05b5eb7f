package dev.sdlora.demo;

import java.awt.image.BufferedImage;
import java.util.List;

/** Converts images to and from the arrays that networks use. */
public final class ImageBatch {
  private ImageBatch() {}

  /** Returns the pixels of square images as [image][3][side][side], -1 to 1. */
  public static float[] pixels(List<BufferedImage> images) {
    int side = images.get(0).getWidth();
    int area = side * side;
    float[] pixels = new float[images.size() * 3 * area];
    for (int i = 0; i < images.size(); i++) {
      int[] rgb = images.get(i).getRGB(0, 0, side, side, null, 0, side);
      for (int p = 0; p < area; p++) {
        for (int c = 0; c < 3; c++) {
          int level = rgb[p] >> (16 - 8 * c) & 255;
          pixels[(3 * i + c) * area + p] = level / 127.5f - 1;
        }
      }
    }
    return pixels;
  }

  /** Returns the image of [3][side][side] pixels that start at an offset. */
  public static BufferedImage image(float[] pixels, int offset, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    int area = side * side;
    for (int p = 0; p < area; p++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        float level = (pixels[offset + c * area + p] + 1) * 127.5f;
        rgb = rgb << 8 | Math.max(0, Math.min(255, (int) level));
      }
      image.setRGB(p % side, p / side, rgb);
    }
    return image;
  }
}
