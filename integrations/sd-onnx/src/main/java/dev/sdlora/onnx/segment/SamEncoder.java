package dev.sdlora.onnx.segment;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Linear;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.util.List;

/**
 * The image encoder. Inputs of three dimensions, [height, width, 3], are levels; those of four, [1,
 * 3, height, width], are normalized. SAM's image keeps its shape and is extended to a square; SAM
 * 2's is stretched to it.
 */
final class SamEncoder implements AutoCloseable {
  private static final String EXPECTED =
      "an image encoder of SAM or SAM 2: an image [height, width, 3] or [1, 3, 1024, 1024] to an"
          + " embedding [1, 256, 64, 64], and for SAM 2 high_res_feats_0 and high_res_feats_1";

  /** The longer side of images. */
  private static final int SIDE = 1024;

  private static final float[] MEANS = {123.675f, 116.28f, 103.53f};
  private static final float[] DEVIATIONS = {58.395f, 57.12f, 57.375f};
  private static final float[] MEANS_2 = {0.485f * 255, 0.456f * 255, 0.406f * 255};
  private static final float[] DEVIATIONS_2 = {0.229f * 255, 0.224f * 255, 0.225f * 255};

  private final OnnxNetwork network;
  private final boolean isLevels;
  private final int side;

  SamEncoder(OnnxNetwork network) {
    this.network = network;
    List<String> inputs = network.inputs();
    long[] shape = inputs.size() == 1 ? network.inputShape(inputs.get(0)) : new long[0];
    this.isLevels = shape.length == 3 && (shape[2] == 3 || shape[2] < 0);
    boolean isPlanes = network.readsImage() && shape[2] == shape[3];
    if ((!isLevels && !isPlanes) || network.outputs().isEmpty()) {
      throw network.otherThan(EXPECTED);
    }
    for (String output : network.outputs()) {
      if (network.outputShape(output).length != 4) {
        throw network.otherThan(EXPECTED);
      }
    }
    this.side = isLevels || shape[2] < 0 ? SIDE : (int) shape[2];
  }

  /** Whether the image is stretched to a square. */
  boolean isSam2() {
    return network.outputs().stream().anyMatch(output -> output.startsWith("high_res_feat"));
  }

  List<String> outputs() {
    return network.outputs();
  }

  /** Returns the longer side of scaled images. */
  int side() {
    return side;
  }

  Encoded encode(Image image) {
    double scale = (double) side / Math.max(image.width(), image.height());
    int width = isSam2() ? side : scaled(image.width(), scale);
    int height = isSam2() ? side : scaled(image.height(), scale);
    Pixels fitted = Linear.resize(Pixels.of(image), width, height);
    return new Encoded(network.run(input(fitted)), width, height);
  }

  private static int scaled(int side, double scale) {
    return Math.max(1, (int) (side * scale + 0.5));
  }

  private Tensor input(Pixels fitted) {
    if (isLevels) {
      float[] levels = new float[fitted.rgb().length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = fitted.rgb()[i] & 0xff;
      }
      return new Tensor(levels, fitted.height(), fitted.width(), 3);
    }
    float[] planes =
        isSam2() ? fitted.planes(MEANS_2, DEVIATIONS_2) : fitted.planes(MEANS, DEVIATIONS);
    float[] square = new float[3 * side * side];
    for (int row = 0; row < 3 * fitted.height(); row++) {
      int channel = row / fitted.height();
      int from = row * fitted.width();
      System.arraycopy(
          planes, from, square, (channel * side + row % fitted.height()) * side, fitted.width());
    }
    return new Tensor(square, 1, 3, side, side);
  }

  @Override
  public void close() {
    network.close();
  }
}
