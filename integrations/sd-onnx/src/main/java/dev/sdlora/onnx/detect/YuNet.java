package dev.sdlora.onnx.detect;

import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.Checks;
import dev.sdlora.onnx.pixels.Letterbox;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds faces (Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector"), with the outputs
 * and the decoding of the file of 2023 in OpenCV's model zoo.
 */
final class YuNet implements Detector {
  private static final List<Integer> STRIDES = List.of(8, 16, 32);
  private static final double OVERLAP = 0.3;
  private static final int MOST = 5000;
  private static final String FACE = "face";

  /** The longer side of images for files that accept any size. */
  private static final int USUAL_SIDE = 1280;

  private final OnnxNetwork network;

  YuNet(OnnxNetwork network) {
    this.network = network;
  }

  static boolean accepts(OnnxNetwork network) {
    return STRIDES.stream()
        .allMatch(
            stride ->
                network
                    .outputs()
                    .containsAll(List.of("cls_" + stride, "obj_" + stride, "bbox_" + stride)));
  }

  @Override
  public String name() {
    return network.name();
  }

  @Override
  public List<String> labels() {
    return List.of(FACE);
  }

  @Override
  public List<Found> find(Image image, double confidence) {
    Checks.inRange(0, 1, confidence, "confidence");
    Pixels pixels = Pixels.of(image);
    Letterbox box = box(pixels);
    Map<String, Tensor> outputs =
        network.run(new Tensor(box.draw(pixels, 0).bluePlanes(), 1, 3, box.height(), box.width()));
    List<Candidate> proposed = new ArrayList<>();
    for (int stride : STRIDES) {
      propose(outputs, stride, box, confidence, proposed);
    }
    return Candidates.distinct(proposed, OVERLAP, MOST, Candidate::truncated).stream()
        .map(each -> each.of(box).within(image.width(), image.height()))
        .filter(Candidate::isBox)
        .map(each -> Finds.found(each, FACE, Optional.empty()))
        .toList();
  }

  /** Images are reduced to the input, never enlarged, as OpenCV runs them at their own size. */
  private Letterbox box(Pixels pixels) {
    long[] shape = network.inputShape(network.inputs().get(0));
    if (shape[2] > 0 && shape[3] > 0) {
      return Letterbox.cornered(pixels, (int) shape[3], (int) shape[2], 1);
    }
    Letterbox free = Letterbox.cornered(pixels, USUAL_SIDE, USUAL_SIDE, 1);
    return new Letterbox(
        multiple(free.innerWidth()),
        multiple(free.innerHeight()),
        free.scale(),
        0,
        0,
        free.innerWidth(),
        free.innerHeight());
  }

  private static int multiple(int side) {
    return (side + 31) / 32 * 32;
  }

  private void propose(
      Map<String, Tensor> outputs,
      int stride,
      Letterbox box,
      double confidence,
      List<Candidate> proposed) {
    int columns = box.width() / stride;
    int cells = columns * (box.height() / stride);
    float[] kinds = values(outputs, "cls_" + stride, cells);
    float[] objects = values(outputs, "obj_" + stride, cells);
    float[] boxes = values(outputs, "bbox_" + stride, 4 * cells);
    for (int i = 0; i < cells; i++) {
      double score = Math.sqrt(share(kinds[i]) * share(objects[i]));
      if (score >= confidence) {
        int column = i % columns;
        int row = i / columns;
        double x = (column + boxes[4 * i]) * stride;
        double y = (row + boxes[4 * i + 1]) * stride;
        double width = Math.exp(boxes[4 * i + 2]) * stride;
        double height = Math.exp(boxes[4 * i + 3]) * stride;
        proposed.add(
            new Candidate(
                x - width / 2, y - height / 2, x + width / 2, y + height / 2, score, 0, i));
      }
    }
  }

  private static double share(double value) {
    return Math.max(0, Math.min(1, value));
  }

  private float[] values(Map<String, Tensor> outputs, String name, int number) {
    Tensor tensor = outputs.get(name);
    if (tensor == null || tensor.values().length != number) {
      throw Detectors.other(network);
    }
    return tensor.values();
  }

  @Override
  public void close() {
    network.close();
  }
}
