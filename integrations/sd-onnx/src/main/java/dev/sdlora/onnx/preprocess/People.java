package dev.sdlora.onnx.preprocess;

import dev.sdlora.onnx.detect.Candidate;
import dev.sdlora.onnx.detect.Candidates;
import dev.sdlora.onnx.pixels.Letterbox;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Finds people with YOLOX (Ge et al. 2021), as DWPose does. */
final class People {
  private static final String EXPECTED = "YOLOX: an image [1, 3, 640, 640] to boxes [1, 8400, 85]";

  private static final int SIDE = 640;
  private static final int[] STRIDES = {8, 16, 32};
  private static final int GREY = 114;

  /** Centre, size, confidence of the box, then one for each class; the first class are people. */
  private static final int CLASSES = 5;

  private static final double LEAST = 0.1;
  private static final double LEAST_PERSON = 0.3;
  private static final double OVERLAP = 0.45;

  /** More people than a control image can show. */
  private static final int MOST = 100;

  private People() {}

  /**
   * Returns the boxes of people. As in A1111, the box is the whole image if only other things are
   * found, and there is none if nothing is found.
   */
  static List<Candidate> find(OnnxNetwork network, Pixels image) {
    ImageInput input = ImageInput.of(network, EXPECTED);
    int width = input.isFree() ? SIDE : input.width();
    int height = input.isFree() ? SIDE : input.height();
    Letterbox box = Letterbox.cornered(image, width, height, Double.MAX_VALUE);
    float[] planes = box.draw(image, GREY).planes(1);
    Tensor output = network.run(new Tensor(planes, 1, 3, height, width)).values().iterator().next();
    int cells = 0;
    for (int stride : STRIDES) {
      cells += (width / stride) * (height / stride);
    }
    if (output.shape().length != 3
        || output.fromLast(1) != cells
        || output.fromLast(0) <= CLASSES) {
      throw network.otherThan(EXPECTED);
    }
    List<Candidate> people = new ArrayList<>();
    boolean others = propose(output, box, people);
    List<Candidate> kept =
        Candidates.distinct(people, OVERLAP, MOST).stream()
            .filter(each -> each.score() > LEAST_PERSON)
            .toList();
    boolean nothing = people.isEmpty() && !others;
    return kept.isEmpty() && !nothing
        ? List.of(new Candidate(0, 0, image.width(), image.height(), 1, 0, 0))
        : kept;
  }

  /** Collects people, and returns whether there are other things. */
  private static boolean propose(Tensor output, Letterbox box, List<Candidate> people) {
    float[] values = output.values();
    int row = output.fromLast(0);
    boolean others = false;
    int at = 0;
    for (int stride : STRIDES) {
      int columns = box.width() / stride;
      int cells = columns * (box.height() / stride);
      for (int i = 0; i < cells; i++, at += row) {
        int column = i % columns;
        int line = i / columns;
        double x = (column + values[at]) * stride;
        double y = (line + values[at + 1]) * stride;
        double width = Math.exp(values[at + 2]) * stride;
        double height = Math.exp(values[at + 3]) * stride;
        double score = (double) values[at + 4] * values[at + CLASSES];
        for (int k = CLASSES + 1; k < row; k++) {
          others |= values[at + 4] * values[at + k] > LEAST;
        }
        if (score > LEAST) {
          people.add(
              new Candidate(
                  box.imageX(x - width / 2),
                  box.imageY(y - height / 2),
                  box.imageX(x + width / 2),
                  box.imageY(y + height / 2),
                  score,
                  0,
                  i));
        }
      }
    }
    return others;
  }
}
