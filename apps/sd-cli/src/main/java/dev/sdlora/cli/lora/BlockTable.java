package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.cli.console.Table;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A table of network blocks and the size of their changes, as text with bars and as JSON. */
public final class BlockTable {
  private static final int BAR = 24;

  private final Table table;
  private final double longest;

  /**
   * Creates an empty table.
   *
   * @param change the heading of the column with the norm of the change
   * @param blocks all blocks that will become rows
   */
  private BlockTable(String change, Collection<BlockChange> blocks) {
    this.table = new Table("NETWORK", "BLOCK", ">WEIGHTS", ">" + change, ">WEIGHT", ">SHARE", "");
    this.longest =
        blocks.stream().mapToDouble(BlockChange::relative).filter(Double::isFinite).max().orElse(0);
  }

  /** Prints the blocks, then the sum for each network. */
  public static void print(
      PrintWriter out, String change, List<BlockChange> blocks, Map<ModelPart, BlockChange> sums) {
    BlockTable rows = new BlockTable(change, blocks);
    blocks.forEach(rows::row);
    sums.values().forEach(rows::row);
    rows.table.print(out);
  }

  private void row(BlockChange block) {
    table.row(
        block.part().label(),
        block.name(),
        block.weights(),
        String.format(Locale.ROOT, "%.3g", block.change()),
        String.format(Locale.ROOT, "%.3g", block.weight()),
        percent(block.relative()),
        bar(block.relative(), longest));
  }

  /** Formats a share as a percentage. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** Returns a bar whose length is the share relative to the longest one. */
  static String bar(double share, double longest) {
    double part = longest > 0 ? Math.min(1, share / longest) : 0;
    return "#".repeat((int) Math.round(BAR * part));
  }

  /** Adds {@code networks} and {@code blocks} to an object. */
  public static void toJson(
      ObjectNode json, List<BlockChange> blocks, Map<ModelPart, BlockChange> sums) {
    ObjectNode networks = json.putObject("networks");
    sums.forEach((part, sum) -> numbers(networks.putObject(part.label()), sum));
    ArrayNode all = json.putArray("blocks");
    for (BlockChange block : blocks) {
      numbers(
          all.addObject().put("network", block.part().label()).put("block", block.name()), block);
    }
  }

  private static void numbers(ObjectNode json, BlockChange block) {
    json.put("weights", block.weights())
        .put("change", block.change())
        .put("weight", block.weight())
        .put("share", block.relative());
  }
}
