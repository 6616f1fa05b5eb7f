package dev.sdlora.onnx.segment;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.pixels.Linear;
import dev.sdlora.onnx.pixels.Plane;
import dev.sdlora.onnx.session.OnnxNetwork;
import dev.sdlora.onnx.session.Tensor;
import java.awt.Point;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The prompt encoder and mask decoder: from points to several masks, each with a quality. */
final class SamDecoder implements AutoCloseable {
  private static final Set<String> PROMPTS =
      Set.of("point_coords", "point_labels", "mask_input", "has_mask_input", "orig_im_size");

  private static final String EXPECTED =
      "a mask decoder of SAM or SAM 2: an embedding, point_coords, point_labels, mask_input and"
          + " has_mask_input to masks and iou_predictions";

  /** Larger masks are made at the size of the encoder's image, and enlarged. */
  private static final long MOST_PIXELS = 1L << 22;

  private static final int MASK_SIDE = 256;

  private final OnnxNetwork network;

  SamDecoder(OnnxNetwork network) {
    this.network = network;
    if (!network.inputs().containsAll(List.of("point_coords", "point_labels"))
        || network.outputs().size() < 2
        || network.outputShape(masks()).length != 4
        || features().isEmpty()) {
      throw network.otherThan(EXPECTED);
    }
  }

  private String masks() {
    return network.outputs().contains("masks") ? "masks" : network.outputs().get(0);
  }

  private String qualities() {
    return network.outputs().contains("iou_predictions")
        ? "iou_predictions"
        : network.outputs().get(1);
  }

  private List<String> features() {
    return network.inputs().stream().filter(name -> !PROMPTS.contains(name)).toList();
  }

  /**
   * Checks that the encoder returns what this decoder reads.
   *
   * @throws dev.sdlora.api.error.CheckpointException if it does not
   */
  void requireFits(SamEncoder encoder) {
    boolean single = features().size() == 1 && encoder.outputs().size() == 1;
    if (!single && !encoder.outputs().containsAll(features())) {
      throw network.otherThan(
          "the mask decoder for an image encoder that returns "
              + String.join(", ", encoder.outputs()));
    }
  }

  /** Returns a white mask on black, as large as the image. */
  Image mask(Encoded encoded, SamEncoder encoder, Image image, List<Point> in, List<Point> out) {
    boolean isLarge = (long) image.width() * image.height() > MOST_PIXELS;
    int width = isLarge ? encoded.width() : image.width();
    int height = isLarge ? encoded.height() : image.height();
    Map<String, Tensor> inputs = new HashMap<>();
    for (String name : features()) {
      Tensor named = encoded.tensors().get(name);
      inputs.put(name, named == null ? encoded.tensors().values().iterator().next() : named);
    }
    addPoints(inputs, encoded, encoder, image, in, out);
    if (network.inputs().contains("mask_input")) {
      long[] shape = network.inputShape("mask_input");
      int side = shape.length == 4 && shape[3] > 0 ? (int) shape[3] : MASK_SIDE;
      inputs.put("mask_input", new Tensor(new float[side * side], 1, 1, side, side));
    }
    inputs.put("has_mask_input", new Tensor(new float[1], 1));
    inputs.put("orig_im_size", new Tensor(new float[] {height, width}, 2));
    Map<String, Tensor> outputs = network.run(inputs);
    Plane best = best(outputs);
    if (!network.inputs().contains("orig_im_size") && !encoder.isSam2()) {
      best =
          best.crop(
              0,
              0,
              part(best.width(), encoded.width(), encoder.side()),
              part(best.height(), encoded.height(), encoder.side()));
    }
    return Linear.resize(best, image.width(), image.height()).toImage(value -> value > 0 ? 255 : 0);
  }

  private static int part(int all, int inner, int side) {
    return Math.max(1, (int) Math.rint((double) all * inner / side));
  }

  /** SAM's decoder expects an empty point when there is no box. */
  private static void addPoints(
      Map<String, Tensor> inputs,
      Encoded encoded,
      SamEncoder encoder,
      Image image,
      List<Point> inside,
      List<Point> outside) {
    int number = inside.size() + outside.size() + (encoder.isSam2() ? 0 : 1);
    float[] places = new float[2 * number];
    float[] labels = new float[number];
    labels[number - 1] = -1;
    for (int i = 0; i < inside.size() + outside.size(); i++) {
      boolean isInside = i < inside.size();
      Point point = isInside ? inside.get(i) : outside.get(i - inside.size());
      places[2 * i] = (float) ((double) point.x * encoded.width() / image.width());
      places[2 * i + 1] = (float) ((double) point.y * encoded.height() / image.height());
      labels[i] = isInside ? 1 : 0;
    }
    inputs.put("point_coords", new Tensor(places, 1, number, 2));
    inputs.put("point_labels", new Tensor(labels, 1, number));
  }

  /** Returns the mask that the network deems best. */
  private Plane best(Map<String, Tensor> outputs) {
    Tensor masks = outputs.get(masks());
    Tensor qualities = outputs.get(qualities());
    if (masks == null
        || qualities == null
        || masks.shape().length != 4
        || masks.shape()[1] != qualities.values().length
        || masks.values().length == 0) {
      throw network.otherThan(EXPECTED);
    }
    int best = 0;
    for (int i = 1; i < qualities.values().length; i++) {
      if (qualities.values()[i] > qualities.values()[best]) {
        best = i;
      }
    }
    return Plane.of(masks.values(), best, masks.fromLast(0), masks.fromLast(1));
  }

  @Override
  public void close() {
    network.close();
  }
}
