package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.model.CheckpointDistance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sd checkpoint distance}: how far two checkpoints are apart. */
@Command(
    name = "distance",
    description = {
      "Measure how far checkpoint B is from A, block by block.",
      "APART is the norm of B - A, WEIGHT that of A, SHARE is one by the other. The files may differ"
          + " in layout and number format, not in family."
    })
final class CheckpointDistanceCommand implements Runnable {
  /** Weights that are named; JSON has all. */
  private static final int NAMED = 5;

  @Mixin private final Console console = new Console();
  @Mixin private final ChartOption chart = new ChartOption();

  @Parameters(
      index = "0",
      paramLabel = "A",
      description =
          "Checkpoint that is the measure: a file or a diffusers folder, here or published (sd get).")
  private String a = "";

  @Parameters(index = "1", paramLabel = "B", description = "The other checkpoint.")
  private String b = "";

  @Override
  public void run() {
    chart.check();
    Checkpoint from = Checkpoint.open(PublishedFile.path(a, console));
    Checkpoint to = Checkpoint.open(PublishedFile.path(b, console));
    CheckpointDistance distance = from.distanceTo(to);
    chart.write(
        "distance of %s from %s as a share of its weights".formatted(to.name(), from.name()),
        distance.blocks());
    if (console.json()) {
      console.out().println(Json.line(toJson(from, to, distance)));
    } else {
      print(from, to, distance);
    }
  }

  private static ObjectNode toJson(Checkpoint from, Checkpoint to, CheckpointDistance distance) {
    ObjectNode json = Json.object();
    json.put("from", from.path().toString());
    json.put("to", to.path().toString());
    json.put("share", distance.relative());
    json.set("notCompared", Json.tree(distance.notCompared()));
    BlockTable.toJson(json, distance.blocks(), distance.byPart());
    return json;
  }

  private void print(Checkpoint from, Checkpoint to, CheckpointDistance distance) {
    console
        .out()
        .printf(
            "%s is %s away from %s%n",
            to.name(), BlockTable.percent(distance.relative()), from.name());
    distance.notCompared().stream()
        .limit(NAMED)
        .forEach(weight -> console.out().println("not compared: " + weight));
    if (distance.notCompared().size() > NAMED) {
      console.out().println("and " + (distance.notCompared().size() - NAMED) + " others");
    }
    BlockTable.print(console.out(), "APART", distance.blocks(), distance.byPart());
  }
}
