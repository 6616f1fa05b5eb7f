package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.lora.BlockTable;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.option.ChartOption;
import dev.sdlora.cli.report.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sd checkpoint distance}: measures the distance between two checkpoints. */
@Command(
    name = "distance",
    description = {
      "Measure the distance of checkpoint B from A, block by block.",
      "APART is the norm of B - A, WEIGHT the norm of A, SHARE their ratio. The files may differ in"
          + " layout and dtype, but not in family."
    })
final class CheckpointDistanceCommand implements Runnable {
  /** Number of uncompared weights to print; JSON lists all. */
  private static final int NAMED = 5;

  @Mixin private final Console console = new Console();
  @Mixin private final ChartOption chart = new ChartOption();

  @Parameters(
      index = "0",
      paramLabel = "A",
      description =
          "Reference checkpoint: a file, a diffusers folder or a published model (see sd get).")
  private String a = "";

  @Parameters(index = "1", paramLabel = "B", description = "Checkpoint to compare.")
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
            "%s differs by %s from %s%n",
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
