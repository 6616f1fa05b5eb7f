package dev.sdlora.onnx.detect;

import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.Checks;
import dev.sdlora.onnx.pixels.Letterbox;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds things with a YOLO network that Ultralytics exported: boxes, or boxes and outlines. Images
 * are scaled and borders filled as Ultralytics does; of boxes of one class that overlap by more
 * than 0.7, Ultralytics' default, the most confident one stays.
 */
final class Yolo implements Detector {
  private static final int GREY = 114;
  private static final double OVERLAP = 0.7;
  private static final int MOST = 300;

  /** The outlines of one image may use this many bytes. */
  private static final long MOST_OUTLINES = 1L << 28;

  /** Larger outputs are checked when they are there. */
  private static final long MOST_NUMBERS = 1L << 22;

  private static final int USUAL_SIDE = 640;
  private static final int MOST_SIDE = 2048;
  private static final int USUAL_STRIDE = 32;

  private final OnnxNetwork network;
  private final List<String> names;
  private final Optional<String> prototypes;

  private Yolo(OnnxNetwork network, List<String> names, Optional<String> prototypes) {
    this.network = network;
    this.names = names;
    this.prototypes = prototypes;
  }

  static Yolo open(OnnxNetwork network) {
    List<String> outputs = network.outputs();
    long[] boxes = network.outputShape(outputs.get(0));
    boolean outlines = outputs.size() == 2 && network.outputShape(outputs.get(1)).length == 4;
    if (boxes.length != 3 || outputs.size() > 2 || (outputs.size() == 2 && !outlines)) {
      throw Detectors.other(network);
    }
    List<String> names = YoloNames.parse(network.metadata().getOrDefault("names", ""));
    Yolo opened =
        new Yolo(network, names, outlines ? Optional.of(outputs.get(1)) : Optional.empty());
    if (boxes[1] > 0 && boxes[2] > 0 && boxes[1] <= MOST_NUMBERS / boxes[2]) {
      long coefficients = outlines ? network.outputShape(outputs.get(1))[1] : 0;
      float[] none = new float[(int) (boxes[1] * boxes[2])];
      opened.require(
          new YoloOutput(
              new Tensor(none, 1, (int) boxes[1], (int) boxes[2]),
              (int) Math.max(0, coefficients),
              opened.known()));
    }
    return opened;
  }

  private OptionalInt known() {
    return names.isEmpty() ? OptionalInt.empty() : OptionalInt.of(names.size());
  }

  private void require(YoloOutput output) {
    if (!output.isKnown()) {
      throw Detectors.other(network);
    }
  }

  @Override
  public String name() {
    return network.name();
  }

  @Override
  public List<String> labels() {
    return names;
  }

  @Override
  public List<Found> find(Image image, double confidence) {
    Checks.inRange(0, 1, confidence, "confidence");
    Pixels pixels = Pixels.of(image);
    Letterbox box = box(pixels);
    float[] input = box.draw(pixels, GREY).planes(255);
    Map<String, Tensor> outputs = network.run(new Tensor(input, 1, 3, box.height(), box.width()));
    Optional<Tensor> sums = prototypes.map(outputs::get);
    Tensor boxes = outputs.get(network.outputs().get(0));
    boolean outlines = sums.filter(tensor -> tensor.values().length > 0).isPresent();
    if (boxes == null || prototypes.isPresent() != outlines) {
      throw Detectors.other(network);
    }
    YoloOutput output = new YoloOutput(boxes, sums.map(it -> it.shape()[1]).orElse(0), known());
    require(output);
    List<Candidate> proposed = output.boxes(box, confidence);
    long room = Math.max(1, MOST_OUTLINES / (3L * image.width() * image.height()));
    int most = (int) (outlines ? Math.min(MOST, room) : MOST);
    double overlap = output.isFinal() ? 1 : OVERLAP;
    Optional<Prototypes> made =
        sums.map(tensor -> new Prototypes(tensor, box, image.width(), image.height()));
    return Candidates.distinct(proposed, overlap, most).stream()
        .map(each -> each.within(image.width(), image.height()))
        .filter(Candidate::isBox)
        .map(
            each ->
                Finds.found(
                    each,
                    label(each.kind()),
                    made.map(it -> it.outline(each, output.coefficients(each)))))
        .toList();
  }

  private String label(int kind) {
    return kind >= 0 && kind < names.size() ? names.get(kind) : "" + kind;
  }

  /** Files that accept any size get the size that they were trained with, without wide borders. */
  private Letterbox box(Pixels pixels) {
    long[] shape = network.inputShape(network.inputs().get(0));
    if (shape[2] > 0 && shape[3] > 0) {
      return Letterbox.centred(pixels, (int) shape[3], (int) shape[2], 0);
    }
    int side = Math.min(MOST_SIDE, number("imgsz", USUAL_SIDE));
    return Letterbox.centred(pixels, side, side, number("stride", USUAL_STRIDE));
  }

  /** Returns the first number of a property, such as {@code [640, 640]}. */
  private int number(String property, int usual) {
    Matcher digits =
        Pattern.compile("\\d{1,4}").matcher(network.metadata().getOrDefault(property, ""));
    int found = digits.find() ? Integer.parseInt(digits.group()) : usual;
    return found >= 1 ? found : usual;
  }

  @Override
  public void close() {
    network.close();
  }
}
