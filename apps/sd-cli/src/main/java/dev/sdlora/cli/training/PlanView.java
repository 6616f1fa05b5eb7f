package dev.sdlora.cli.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.report.Json;
import dev.sdlora.training.TrainingPlan;
import java.util.Locale;

/** Prints the plan of a training. */
public final class PlanView {
  private PlanView() {}

  /**
   * Prints a plan, as a line of JSON if that is requested.
   *
   * @param sampleEvery the number of steps between samples, which the plan does not have; 0 for no
   *     samples
   */
  public static void print(TrainingPlan plan, int sampleEvery, Console console) {
    if (console.json()) {
      console.out().println(Json.line(json(plan, sampleEvery)));
      return;
    }
    plan.texts().forEach((name, text) -> line(name, text, console));
    if (sampleEvery > 0) {
      line("samples", "every %s steps".formatted(sampleEvery), console);
    }
    plan.warnings().forEach(console::warn);
  }

  private static void line(String name, String text, Console console) {
    console.out().printf(Locale.ROOT, "%-8s%s%n", name, text);
  }

  private static ObjectNode json(TrainingPlan plan, int sampleEvery) {
    ObjectNode json = Json.object();
    json.put("images", plan.images());
    json.put("images_per_epoch", plan.imagesPerEpoch());
    json.put("held_out", plan.heldOut());
    json.put("class_images", plan.classImages());
    ArrayNode buckets = json.putArray("buckets");
    for (TrainingPlan.Bucket bucket : plan.buckets()) {
      buckets
          .addObject()
          .put("width", bucket.size().width())
          .put("height", bucket.size().height())
          .put("images", bucket.images());
    }
    json.put("steps", plan.steps());
    json.put("images_per_step", plan.imagesPerStep());
    json.put("epochs", plan.epochs());
    json.put("memory_bytes", plan.memory());
    json.put("seconds", plan.duration().toMillis() / 1000.0);
    json.put("sample_every", sampleEvery);
    plan.files().forEach(file -> json.withArray("files").add(file.toString()));
    json.set("warnings", Json.tree(OptionWords.in(plan.warnings())));
    return json;
  }
}
