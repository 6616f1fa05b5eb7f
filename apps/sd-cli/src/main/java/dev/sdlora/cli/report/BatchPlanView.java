package dev.sdlora.cli.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.batch.BatchPlan;
import dev.sdlora.batch.BatchRequest;
import java.util.ArrayList;
import java.util.List;

/** The output of {@code sd batch --dry-run}. */
public record BatchPlanView(BatchPlan plan) {

  /** Returns a line for each request in the order of work, then the totals. */
  public List<String> toText() {
    List<String> lines = new ArrayList<>();
    for (BatchRequest request : plan.work()) {
      lines.add(
          "%s  line %s, %s%s"
              .formatted(
                  request.file(),
                  request.line(),
                  request.checkpoint().orElse("no checkpoint"),
                  String.join("", request.loras().stream().map(lora -> ", " + lora).toList())));
    }
    for (BatchRequest request : plan.failed()) {
      lines.add(
          "%s  %s"
              .formatted(
                  request.file(),
                  request.error().orElse("line %s, failed before".formatted(request.line()))));
    }
    lines.add(
        "%s to generate, %s already done, %s failed; loads a checkpoint %s, switches LoRAs %s"
            .formatted(
                plan.work().size(),
                plan.there().size(),
                plan.failed().size(),
                times(plan.checkpointLoads()),
                times(plan.loraSwitches())));
    return lines;
  }

  /** Returns a count as text, such as {@code once}. */
  static String times(int number) {
    return number == 1 ? "once" : number + " times";
  }

  /** Returns the same as JSON; {@code state} is {@code open}, {@code there} or {@code failed}. */
  public List<ObjectNode> toJson() {
    List<ObjectNode> lines = new ArrayList<>();
    plan.work().forEach(request -> lines.add(toJson(request, "open")));
    plan.there().forEach(request -> lines.add(toJson(request, "there")));
    plan.failed().forEach(request -> lines.add(toJson(request, "failed")));
    ObjectNode sum = Json.object();
    sum.put("open", plan.work().size());
    sum.put("there", plan.there().size());
    sum.put("failed", plan.failed().size());
    sum.put("checkpointLoads", plan.checkpointLoads());
    sum.put("loraSwitches", plan.loraSwitches());
    lines.add(sum);
    return lines;
  }

  private static ObjectNode toJson(BatchRequest request, String state) {
    ObjectNode json = Json.object();
    json.put("id", request.id());
    json.put("state", state);
    json.put("line", request.line());
    request.checkpoint().ifPresent(checkpoint -> json.put("checkpoint", checkpoint));
    json.set("loras", Json.tree(request.loras()));
    request.error().ifPresent(sentence -> json.put("error", sentence));
    return json;
  }
}
