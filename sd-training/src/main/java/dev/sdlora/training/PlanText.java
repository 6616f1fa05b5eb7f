package dev.sdlora.training;

import dev.sdlora.api.value.Bytes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A plan as readable texts. Stateless. */
final class PlanText {
  private PlanText() {}

  static Map<String, String> of(TrainingPlan plan) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("images", images(plan));
    if (!plan.buckets().isEmpty()) {
      texts.put(
          "sizes",
          plan.buckets().stream()
              .map(bucket -> bucket.size() + ": " + bucket.images())
              .collect(Collectors.joining(", ")));
    }
    texts.put(
        "steps",
        plan.imagesPerEpoch() == 0
            ? Integer.toString(plan.steps())
            : "%s of %s images, %s epochs"
                .formatted(
                    plan.steps(),
                    plan.imagesPerStep(),
                    String.format(Locale.ROOT, "%.1f", plan.epochs())));
    texts.put("memory", "about " + Bytes.text((double) plan.memory()));
    texts.put("time", "about " + text(plan.duration()) + ", half or twice as long");
    texts.put("files", files(plan));
    return texts;
  }

  private static String images(TrainingPlan plan) {
    StringBuilder text = new StringBuilder().append(plan.images());
    if (plan.imagesPerEpoch() != plan.images()) {
      text.append(", %s with repeats".formatted(plan.imagesPerEpoch()));
    }
    if (plan.classImages() > 0) {
      text.append(", %s of the class".formatted(plan.classImages()));
    }
    if (plan.heldOut() > 0) {
      text.append(", %s held out".formatted(plan.heldOut()));
    }
    return text.toString();
  }

  private static String files(TrainingPlan plan) {
    int most = 8;
    String first =
        plan.files().stream().limit(most).map(Object::toString).collect(Collectors.joining(", "));
    int more = plan.files().size() - most;
    return more > 0 ? "%s and %s more".formatted(first, more) : first;
  }

  /** A duration such as "4 min". */
  static String text(Duration time) {
    long seconds = Math.max(1, Math.round(time.toMillis() / 1000.0));
    if (seconds < 100) {
      return seconds + " s";
    }
    if (seconds < 100 * 60) {
      return Math.round(seconds / 60.0) + " min";
    }
    return Math.round(seconds / 3600.0) + " h";
  }
}
