package dev.sdlora.request;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The preprocessor in the fields {@code module}, {@code processor_res}, {@code threshold_a}, {@code
 * threshold_b} and {@code pixel_perfect} of A1111's ControlNet extension.
 */
public final class ControlModules {
  /** The resolution of A1111 unless a client sends another. */
  private static final int USUAL_RESOLUTION = 512;

  private ControlModules() {}

  /**
   * Reads a preprocessor. As in A1111, a negative number stands for the default, and numbers that
   * the preprocessor does not have are ignored.
   *
   * @param prefix the beginning of the names of the fields
   * @throws FieldException if the preprocessor is unknown or a number is out of range
   */
  public static Preprocessor read(Fields fields, String prefix) {
    return read(fields, prefix, List.of());
  }

  /**
   * Reads a preprocessor that may run a network.
   *
   * @param prefix the beginning of the names of the fields
   * @param available preprocessors that know the folder of their network
   * @throws FieldException as {@link #read(Fields, String)}
   */
  public static Preprocessor read(Fields fields, String prefix, List<Preprocessor> available) {
    Read read = new Read(fields, prefix);
    fields.ifName(prefix + "module", name -> read.preprocessor = named(name, available));
    int count = read.preprocessor.thresholds().size();
    if (!read.preprocessor.equals(Preprocessor.NONE)) {
      read.resolution();
    }
    for (int i = 0; i < count; i++) {
      read.threshold(i);
    }
    return read.preprocessor;
  }

  private static Preprocessor named(String name, List<Preprocessor> available) {
    Preprocessor named = Preprocessor.named(name);
    return available.stream()
        .filter(each -> each.name().equals(named.name()))
        .findFirst()
        .orElse(named);
  }

  /**
   * Checks the number of pixels of a control image with a resolution.
   *
   * @throws dev.sdlora.api.error.ResourceException if it exceeds the limit
   */
  public static void requirePixels(Preprocessor preprocessor, Image image, long maxPixels) {
    if (preprocessor.resolution().isPresent()) {
      int shorter = preprocessor.resolution().getAsInt();
      double longer = Math.max(image.width(), image.height());
      double ratio = longer / Math.min(image.width(), image.height());
      Base64Images.requirePixels("processor_res", shorter, Math.rint(shorter * ratio), maxPixels);
    }
  }

  private static final class Read {
    private final Fields fields;
    private final String prefix;
    private Preprocessor preprocessor = Preprocessor.NONE;

    Read(Fields fields, String prefix) {
      this.fields = fields;
      this.prefix = prefix;
    }

    void resolution() {
      if (!fields.flag("pixel_perfect", false)) {
        String name = prefix + "processor_res";
        int given = fields.whole(name, -1);
        int pixels = given > 0 ? given : USUAL_RESOLUTION;
        fields.set(name, () -> preprocessor = preprocessor.withResolution(pixels));
      }
    }

    void threshold(int index) {
      String name = prefix + (index == 0 ? "threshold_a" : "threshold_b");
      OptionalDouble given = fields.number(name);
      if (given.isPresent() && !(given.getAsDouble() < 0)) {
        double[] numbers =
            preprocessor.thresholds().stream().mapToDouble(Double::doubleValue).toArray();
        numbers[index] = given.getAsDouble();
        fields.set(name, () -> preprocessor = preprocessor.withThresholds(numbers));
      }
    }
  }
}
