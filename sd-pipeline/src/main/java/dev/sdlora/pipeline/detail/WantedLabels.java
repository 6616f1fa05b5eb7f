package dev.sdlora.pipeline.detail;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.value.Nearest;
import java.util.List;
import java.util.function.Consumer;

/** Compares the labels that a detail pass wants with those that its detector has. */
public final class WantedLabels {
  /** The largest number of labels in a message; COCO has 80. */
  private static final int NAMED = 20;

  private WantedLabels() {}

  /** Whether a label is another one, without regard to case. */
  static boolean isSame(String wanted, String label) {
    return wanted.strip().equalsIgnoreCase(label);
  }

  /**
   * Returns a pass whose labels its detector has. Without any of them it repaints all finds, as in
   * ADetailer, where most detectors ignore classes.
   *
   * @param detector opened only if the pass wants labels; one that does not know its labels may
   *     have any
   * @param lenient whether unknown labels are ignored
   * @param warnings receives a sentence about ignored labels
   * @throws StableDiffusionException if a label is unknown and the request is strict
   */
  public static DetailPass known(
      DetailPass pass, Detectors.Named detector, boolean lenient, Consumer<String> warnings) {
    if (pass.labels().isEmpty()) {
      return pass;
    }
    List<String> known = detector.open().labels();
    List<String> unknown =
        pass.labels().stream()
            .filter(wanted -> known.stream().noneMatch(label -> isSame(wanted, label)))
            .toList();
    if (known.isEmpty() || unknown.isEmpty()) {
      return pass;
    }
    String reason =
        "detector '%s' finds no '%s'; it finds %s%s"
            .formatted(
                detector.name(),
                String.join("', '", unknown),
                named(known),
                Nearest.question(unknown.get(0), known));
    if (!lenient) {
      throw new StableDiffusionException(
          "detail pass '%s': %s".formatted(pass.detector(), reason),
          ErrorDetails.NONE.withName(unknown.get(0)).withKnownNames(known));
    }
    warnings.accept("detail pass '%s' ignores a label: %s".formatted(pass.detector(), reason));
    return pass.toBuilder()
        .labels(pass.labels().stream().filter(label -> !unknown.contains(label)).toList())
        .build();
  }

  private static String named(List<String> labels) {
    int more = Math.max(0, labels.size() - NAMED);
    return "'"
        + String.join("', '", labels.subList(0, labels.size() - more))
        + "'"
        + (more > 0 ? " and " + more + " more" : "");
  }
}
