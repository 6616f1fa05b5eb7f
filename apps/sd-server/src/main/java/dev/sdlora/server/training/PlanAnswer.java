package dev.sdlora.server.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import dev.sdlora.training.TrainingPlan;
import java.util.function.UnaryOperator;

/** Writes plans of trainings as JSON. */
final class PlanAnswer {
  private PlanAnswer() {}

  /**
   * Returns a plan, without the paths of its files.
   *
   * @param warning changes a warning before it is sent
   */
  static ObjectNode of(TrainingPlan plan, TrainingRequest request, UnaryOperator<String> warning) {
    ObjectNode json = Fields.object();
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
    json.put("samples", request.sampleCount(plan.steps()));
    json.put("memory", plan.memory());
    json.put("seconds", plan.duration().toMillis() / 1000.0);
    ArrayNode warnings = json.putArray("warnings");
    plan.warnings().stream().map(warning).forEach(warnings::add);
    return json;
  }
}
