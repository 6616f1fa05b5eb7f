package dev.sdlora.onnx.detect;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Letterbox;
import dev.sdlora.onnx.pixels.Linear;
import dev.sdlora.onnx.pixels.Plane;
import dev.sdlora.onnx.session.Tensor;

/**
 * The prototypes of outlines: each outline is a weighted sum of them (Bolya et al. 2019, "YOLACT").
 * They are made as Ultralytics does with {@code retina_masks}: the sum is cropped to the image,
 * enlarged to its size, and cut at the box; positive values are inside.
 */
record Prototypes(Tensor tensor, Letterbox box, int width, int height) {

  /** Returns a white outline on black, as large as the image. */
  Image outline(Candidate find, float[] coefficients) {
    Plane sum = Linear.resize(image(sum(coefficients)), width, height);
    byte[] rgb = new byte[3 * width * height];
    int right = (int) Math.ceil(Math.min(width, find.right()));
    int bottom = (int) Math.ceil(Math.min(height, find.bottom()));
    for (int y = (int) Math.ceil(Math.max(0, find.top())); y < bottom; y++) {
      for (int x = (int) Math.ceil(Math.max(0, find.left())); x < right; x++) {
        if (sum.values()[y * width + x] > 0) {
          int at = 3 * (y * width + x);
          rgb[at] = (byte) 255;
          rgb[at + 1] = (byte) 255;
          rgb[at + 2] = (byte) 255;
        }
      }
    }
    return Image.of(width, height, rgb);
  }

  private Plane sum(float[] coefficients) {
    int pixels = tensor.fromLast(0) * tensor.fromLast(1);
    float[] sum = new float[pixels];
    for (int k = 0; k < coefficients.length; k++) {
      for (int i = 0; i < pixels; i++) {
        sum[i] += coefficients[k] * tensor.values()[k * pixels + i];
      }
    }
    return new Plane(tensor.fromLast(0), tensor.fromLast(1), sum);
  }

  /** Crops the borders of the letterbox. */
  private Plane image(Plane plane) {
    double gain = Math.min((double) plane.width() / width, (double) plane.height() / height);
    double across = (plane.width() - width * gain) / 2;
    double down = (plane.height() - height * gain) / 2;
    int left = Math.max(0, (int) Math.rint(across - 0.1));
    int top = Math.max(0, (int) Math.rint(down - 0.1));
    int right = plane.width() - (int) Math.rint(across + 0.1);
    int bottom = plane.height() - (int) Math.rint(down + 0.1);
    if (right <= left || bottom <= top) {
      int x = Math.min(left, plane.width() - 1);
      int y = Math.min(top, plane.height() - 1);
      return plane.crop(x, y, Math.max(1, right - x), Math.max(1, bottom - y));
    }
    return plane.crop(left, top, right - left, bottom - top);
  }
}
