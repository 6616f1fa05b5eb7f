package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraConflicts.Block;
import dev.sdlora.api.lora.LoraConflicts.Pair;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Table;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.LoraArguments;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.option.ChartOption;
import dev.sdlora.cli.report.Json;
import dev.sdlora.training.report.BarChart;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora conflicts}: measures the interaction of several LoRAs. */
@Command(
    name = "conflicts",
    description = {
      "Measure the combined effect of several LoRAs on a checkpoint, block by block.",
      "The column of a LoRA is its change as a share of the block's weights, SUM the change of all"
          + " LoRAs together. GROWTH compares the sum with unrelated changes of the same sizes:"
          + " above 1 the LoRAs reinforce each other, below 1 they cancel. COSINE is 1 for the same"
          + " change, -1 for the opposite."
    })
final class LoraConflictsCommand implements Runnable {
  @Mixin private final Console console = new Console();
  @Mixin private final ChartOption chart = new ChartOption();

  @Mixin private final LoraArguments arguments = new LoraArguments();

  @Option(
      names = "--checkpoint",
      paramLabel = "MODEL",
      description = "Checkpoint to measure on. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Override
  public void run() {
    chart.check();
    List<LoraAdapter> loras = arguments.open(console);
    Checkpoint model =
        Checkpoint.open(
            PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint));
    LoraConflicts conflicts = LoraAdapter.conflicts(loras, model);
    chart.write(() -> draw(conflicts, loras, model));
    if (console.json()) {
      console.out().println(Json.line(toJson(conflicts, loras, model)));
    } else {
      print(conflicts, loras);
    }
  }

  /** Draws the change of each block by every LoRA and by their sum. */
  private static BufferedImage draw(
      LoraConflicts conflicts, List<LoraAdapter> loras, Checkpoint model) {
    List<String> series = new ArrayList<>();
    loras.forEach(lora -> series.add(lora.name()));
    series.add("sum");
    BarChart chart = new BarChart("changes as a share of the weights of " + model.name(), series);
    for (Block block : conflicts.blocks()) {
      List<Double> shares = new ArrayList<>();
      IntStream.range(0, loras.size()).forEach(i -> shares.add(block.alone(i).relative()));
      shares.add(block.sum().relative());
      chart.bars(block.part().label(), block.name(), shares);
    }
    return chart.draw();
  }

  private static ObjectNode toJson(
      LoraConflicts conflicts, List<LoraAdapter> loras, Checkpoint model) {
    ObjectNode json = Json.object();
    json.put("checkpoint", model.path().toString());
    ArrayNode measured = json.putArray("loras");
    for (LoraAdapter lora : loras) {
      measured
          .addObject()
          .put("name", lora.name())
          .put("path", lora.path().toString())
          .put("strength", lora.unetStrength());
    }
    json.put("harmfulShare", LoraConflicts.HARMFUL_SHARE);
    json.put("harmful", !conflicts.harmful().isEmpty());
    ArrayNode pairs = json.putArray("pairs");
    conflicts.pairs().forEach(pair -> toJson(pairs.addObject(), pair, loras));
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
          .forEach(pair -> toJson(ofBlock.addObject(), pair, loras));
    }
    return json;
  }

  private static void toJson(ObjectNode json, Pair pair, List<LoraAdapter> loras) {
    json.put("first", loras.get(pair.first()).name())
        .put("second", loras.get(pair.second()).name())
        .put("sharedWeights", pair.shared())
        .put("cosine", pair.cosine());
  }

  private void print(LoraConflicts conflicts, List<LoraAdapter> loras) {
    for (Pair pair : conflicts.pairs()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s and %s share %d weights, cosine %.3f: %s%n",
              loras.get(pair.first()).name(),
              loras.get(pair.second()).name(),
              pair.shared(),
              pair.cosine(),
              meaning(pair));
    }
    List<String> heads = new ArrayList<>(List.of("NETWORK", "BLOCK"));
    loras.forEach(lora -> heads.add(">" + lora.name()));
    heads.addAll(List.of(">SUM", ">GROWTH", ""));
    Table table = new Table(heads.toArray(new String[0]));
    double longest =
        conflicts.blocks().stream()
            .mapToDouble(block -> block.sum().relative())
            .filter(Double::isFinite)
            .max()
            .orElse(0);
    conflicts.blocks().forEach(block -> row(table, block, loras.size(), longest));
    table.print(console.out());
    for (Block block : conflicts.harmful()) {
      console.warn(
          "the LoRAs together change block %s of the %s by %s of its weights; above about %s, images degrade"
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

  /** A cosine of a quarter changes the norm of the sum by about an eighth. */
  private static String meaning(Pair pair) {
    if (pair.cosine() > 0.25) {
      return "they reinforce each other";
    }
    return pair.cosine() < -0.25 ? "they partly cancel" : "they are independent";
  }
}
