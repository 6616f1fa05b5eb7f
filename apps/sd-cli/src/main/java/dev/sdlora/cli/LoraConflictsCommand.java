package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraConflicts;
import dev.sdlora.api.LoraConflicts.Block;
import dev.sdlora.api.LoraConflicts.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora conflicts}: what several LoRAs do to each other. */
@Command(
    name = "conflicts",
    description = {
      "Measure what several LoRAs do to a checkpoint together, block by block.",
      "SHARE is how far each moves a block beside its weights, SUM how far all do; GROWTH is the"
          + " sum beside changes of the same size that have nothing to do with each other: above 1"
          + " they add up, below they cancel. COSINE is 1 for the same change, -1 for the opposite."
    })
final class LoraConflictsCommand implements Runnable {
  @Mixin private final Console console = new Console();
  @Mixin private final ChartOption chart = new ChartOption();

  @Mixin private final LoraArguments arguments = new LoraArguments();

  @Option(
      names = "--checkpoint",
      paramLabel = "MODEL",
      description = "The checkpoint to use them with. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Override
  public void run() {
    chart.check();
    List<LoraAdapter> loras = arguments.open(console);
    LoraConflicts conflicts =
        LoraConflicts.of(
            loras,
            Checkpoint.open(
                PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint)));
    chart.write(conflicts::chart);
    if (console.json()) {
      console.out().println(Json.line(toJson(conflicts)));
    } else {
      print(conflicts);
    }
  }

  private static ObjectNode toJson(LoraConflicts conflicts) {
    ObjectNode json = Json.object();
    json.put("checkpoint", conflicts.checkpoint().path().toString());
    ArrayNode loras = json.putArray("loras");
    for (LoraAdapter lora : conflicts.loras()) {
      loras
          .addObject()
          .put("name", lora.name())
          .put("path", lora.path().toString())
          .put("strength", lora.unetStrength());
    }
    json.put("harmfulShare", LoraConflicts.HARMFUL_SHARE);
    json.put("harmful", !conflicts.harmful().isEmpty());
    ArrayNode pairs = json.putArray("pairs");
    conflicts.pairs().forEach(pair -> toJson(pairs.addObject(), pair, conflicts));
    ArrayNode blocks = json.putArray("blocks");
    for (Block block : conflicts.blocks()) {
      ObjectNode entry =
          blocks
              .addObject()
              .put("network", block.part().label())
              .put("block", block.name())
              .put("weights", block.weights())
              .put("weight", block.weight())
              .put("sum", block.sum().change())
              .put("share", block.sum().relative())
              .put("growth", block.growth());
      ArrayNode ofBlock = entry.putArray("pairs");
      block.pairs().stream()
          .filter(pair -> pair.first() != pair.second())
          .forEach(pair -> toJson(ofBlock.addObject(), pair, conflicts));
    }
    return json;
  }

  private static void toJson(ObjectNode json, Pair pair, LoraConflicts conflicts) {
    json.put("first", conflicts.loras().get(pair.first()).name())
        .put("second", conflicts.loras().get(pair.second()).name())
        .put("sharedWeights", pair.shared())
        .put("cosine", pair.cosine());
  }

  private void print(LoraConflicts conflicts) {
    for (Pair pair : conflicts.pairs()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s and %s share %d weights, cosine %.3f: %s%n",
              conflicts.loras().get(pair.first()).name(),
              conflicts.loras().get(pair.second()).name(),
              pair.shared(),
              pair.cosine(),
              meaning(pair));
    }
    List<String> heads = new ArrayList<>(List.of("NETWORK", "BLOCK"));
    conflicts.loras().forEach(lora -> heads.add(">" + lora.name()));
    heads.addAll(List.of(">SUM", ">GROWTH", ""));
    Table table = new Table(heads.toArray(new String[0]));
    double longest =
        conflicts.blocks().stream()
            .mapToDouble(block -> block.sum().relative())
            .filter(Double::isFinite)
            .max()
            .orElse(0);
    conflicts.blocks().forEach(block -> row(table, block, conflicts.loras().size(), longest));
    table.print(console.out());
    for (Block block : conflicts.harmful()) {
      console.warn(
          "the sum moves block %s of the %s by %s of its weights; beyond some %s pictures suffer"
              .formatted(
                  block.name(),
                  block.part().label(),
                  BlockTable.percent(block.sum().relative()),
                  BlockTable.percent(LoraConflicts.HARMFUL_SHARE)));
    }
  }

  private static void row(Table table, Block block, int loras, double longest) {
    List<Object> cells = new ArrayList<>(List.of(block.part().label(), block.name()));
    for (int lora = 0; lora < loras; lora++) {
      cells.add(BlockTable.percent(block.alone(lora).relative()));
    }
    cells.add(BlockTable.percent(block.sum().relative()));
    cells.add(String.format(Locale.ROOT, "%.2f", block.growth()));
    cells.add(BlockTable.bar(block.sum().relative(), longest));
    table.row(cells.toArray());
  }

  /** A quarter is a change of the sum's size by an eighth. */
  private static String meaning(Pair pair) {
    if (pair.cosine() > 0.25) {
      return "they add up";
    }
    return pair.cosine() < -0.25 ? "they cancel in part" : "they leave each other alone";
  }
}
