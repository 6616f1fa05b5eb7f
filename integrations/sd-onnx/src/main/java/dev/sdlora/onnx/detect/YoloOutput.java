package dev.sdlora.onnx.detect;

import dev.sdlora.onnx.pixels.Letterbox;
import dev.sdlora.onnx.session.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The boxes in the output of a YOLO network.
 *
 * @param tensor {@code output0}
 * @param coefficients the number of mask coefficients for each box
 * @param known the number of classes that the file names; empty if it names none
 */
record YoloOutput(Tensor tensor, int coefficients, OptionalInt known) {
  /** The numbers of a box that is chosen by the network: edges, confidence, class. */
  private static final int FINAL = 6;

  /** The numbers of a box besides classes: centre and size. */
  private static final int BOX = 4;

  /** Whether the form of the output is a known one. */
  boolean isKnown() {
    int[] shape = tensor.shape();
    return shape.length == 3
        && shape[0] == 1
        && (isFinal() || (classes() > 0 && (known.isEmpty() || known.getAsInt() == classes())));
  }

  /** Whether the network itself removes boxes that overlap. */
  boolean isFinal() {
    return tensor.fromLast(0) == FINAL + coefficients
        && (tensor.fromLast(1) != BOX + coefficients + known.orElse(-1)
            || tensor.fromLast(1) > tensor.fromLast(0));
  }

  private int classes() {
    return tensor.fromLast(1) - BOX - coefficients;
  }

  /** Returns all boxes of at least a confidence, in pixels of the image. */
  List<Candidate> boxes(Letterbox box, double confidence) {
    return isFinal() ? chosen(box, confidence) : proposed(box, confidence);
  }

  private List<Candidate> chosen(Letterbox box, double confidence) {
    List<Candidate> boxes = new ArrayList<>();
    float[] values = tensor.values();
    for (int i = 0; i < tensor.fromLast(1); i++) {
      int at = i * tensor.fromLast(0);
      if (values[at + 4] >= confidence) {
        boxes.add(
            new Candidate(
                    values[at],
                    values[at + 1],
                    values[at + 2],
                    values[at + 3],
                    values[at + 4],
                    (int) values[at + 5],
                    i)
                .of(box));
      }
    }
    return boxes;
  }

  private List<Candidate> proposed(Letterbox box, double confidence) {
    List<Candidate> boxes = new ArrayList<>();
    float[] values = tensor.values();
    int number = tensor.fromLast(0);
    for (int i = 0; i < number; i++) {
      int kind = 0;
      for (int k = 1; k < classes(); k++) {
        if (values[(BOX + k) * number + i] > values[(BOX + kind) * number + i]) {
          kind = k;
        }
      }
      double score = values[(BOX + kind) * number + i];
      if (score >= confidence) {
        double x = values[i];
        double y = values[number + i];
        double width = values[2 * number + i];
        double height = values[3 * number + i];
        boxes.add(
            new Candidate(
                    x - width / 2, y - height / 2, x + width / 2, y + height / 2, score, kind, i)
                .of(box));
      }
    }
    return boxes;
  }

  /** Returns the mask coefficients of a box. */
  float[] coefficients(Candidate box) {
    float[] result = new float[coefficients];
    int number = tensor.fromLast(0);
    for (int k = 0; k < coefficients; k++) {
      result[k] =
          isFinal()
              ? tensor.values()[box.index() * number + FINAL + k]
              : tensor.values()[(BOX + classes() + k) * number + box.index()];
    }
    return result;
  }
}
