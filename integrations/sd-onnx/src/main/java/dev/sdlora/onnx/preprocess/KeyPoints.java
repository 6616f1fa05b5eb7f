package dev.sdlora.onnx.preprocess;

import dev.sdlora.onnx.detect.Candidate;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.pixels.Warp;
import dev.sdlora.onnx.preprocess.Person.Point;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.Map;

/** Finds the key points of a person with DWPose, which returns a histogram for each coordinate. */
final class KeyPoints {
  private static final String EXPECTED =
      "DWPose: an image [1, 3, 384, 288] to simcc_x [1, 133, 576] and simcc_y [1, 133, 768]";

  private static final float[] MEANS = {123.675f, 116.28f, 103.53f};
  private static final float[] DEVIATIONS = {58.395f, 57.12f, 57.375f};

  private static final int WIDTH = 288;
  private static final int HEIGHT = 384;

  /** The margin around the box of a person. */
  private static final double MARGIN = 1.25;

  /** The values of a histogram for each pixel. */
  private static final double BINS = 2;

  private KeyPoints() {}

  static Person find(OnnxNetwork network, Pixels image, Candidate box) {
    ImageInput input = ImageInput.of(network, EXPECTED);
    if (network.outputs().size() != 2) {
      throw network.otherThan(EXPECTED);
    }
    int width = input.isFree() ? WIDTH : input.width();
    int height = input.isFree() ? HEIGHT : input.height();
    double across = (box.right() - box.left()) * MARGIN;
    double down = (box.bottom() - box.top()) * MARGIN;
    double ratio = (double) width / height;
    if (across > down * ratio) {
      down = across / ratio;
    } else {
      across = down * ratio;
    }
    double centreX = (box.left() + box.right()) / 2;
    double centreY = (box.top() + box.bottom()) / 2;
    double scale = across / width;
    Pixels part =
        Warp.linear(
            image, width, height, scale, centreX - scale * width / 2, centreY - scale * height / 2);
    Map<String, Tensor> outputs =
        network.run(new Tensor(part.planes(MEANS, DEVIATIONS), 1, 3, height, width));
    Tensor columns = histogram(network, outputs, network.outputs().get(0));
    Tensor rows = histogram(network, outputs, network.outputs().get(1));
    Point[] points = new Point[Person.POINTS];
    for (int i = 0; i < points.length; i++) {
      int x = highest(columns, i);
      int y = highest(rows, i);
      double score =
          Math.min(
              columns.values()[i * columns.fromLast(0) + x],
              rows.values()[i * rows.fromLast(0) + y]);
      points[i] =
          new Point(
              x / BINS / width * across + centreX - across / 2,
              y / BINS / height * down + centreY - down / 2,
              score);
    }
    return new Person(points);
  }

  private static Tensor histogram(OnnxNetwork network, Map<String, Tensor> outputs, String name) {
    Tensor made = outputs.get(name);
    if (made == null
        || made.shape().length != 3
        || made.fromLast(1) != Person.POINTS
        || made.fromLast(0) == 0) {
      throw network.otherThan(EXPECTED);
    }
    return made;
  }

  private static int highest(Tensor histogram, int point) {
    int from = point * histogram.fromLast(0);
    int best = 0;
    for (int i = 1; i < histogram.fromLast(0); i++) {
      if (histogram.values()[from + i] > histogram.values()[from + best]) {
        best = i;
      }
    }
    return best;
  }
}
