package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraEffect;
import dev.sdlora.api.LoraEffect.Block;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora effect}: whether LoRAs do anything to a checkpoint. */
@Command(
    name = "effect",
    description = {
      "Measure how far LoRAs move the weights of a checkpoint, block by block.",
      "CHANGE and WEIGHT are norms, SHARE is one by the other. With --json one object a line."
    })
final class LoraEffectCommand implements Runnable {
  /** Unmatched modules that are named; JSON has all. */
  private static final int NAMED = 5;

  @Mixin private final Console console = new Console();
  @Mixin private final LoraArguments loras = new LoraArguments();

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "The checkpoint. Default: the bundled tiny model.")
  private Optional<Path> checkpoint = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "NUMBER",
      defaultValue = "1",
      description = "Factor on the change. Default: ${DEFAULT-VALUE}.")
  private double strength = 1;

  @Override
  public void run() {
    List<LoraAdapter> opened =
        loras.open().stream().map(lora -> lora.withStrength(strength)).toList();
    Checkpoint model = Checkpoint.open(checkpoint.orElseGet(BundledModel::checkpoint));
    for (LoraAdapter lora : opened) {
      LoraEffect effect = lora.effectOn(model);
      if (console.json()) {
        console.out().println(Json.line(toJson(effect)));
      } else {
        print(effect);
      }
    }
  }

  private static ObjectNode toJson(LoraEffect effect) {
    ObjectNode json = Json.object();
    json.put("name", effect.lora().name());
    json.put("path", effect.lora().path().toString());
    json.put("checkpoint", effect.checkpoint().path().toString());
    json.put("strength", effect.lora().unetStrength());
    json.put("changesAnything", effect.changesAnything());
    json.put("matched", effect.matched());
    json.set("unmatched", Json.tree(effect.unmatched()));
    ObjectNode networks = json.putObject("networks");
    effect.byPart().forEach((part, sum) -> numbers(networks.putObject(part.label()), sum));
    ArrayNode blocks = json.putArray("blocks");
    for (Block block : effect.blocks()) {
      numbers(
          blocks.addObject().put("network", block.part().label()).put("block", block.name()),
          block);
    }
    return json;
  }

  private static void numbers(ObjectNode json, Block block) {
    json.put("weights", block.weights())
        .put("change", block.change())
        .put("weight", block.weight())
        .put("share", block.relative());
  }

  private void print(LoraEffect effect) {
    console
        .out()
        .printf(
            Locale.ROOT,
            "%s on %s: %d of %d modules match%n",
            effect.lora().name(),
            effect.checkpoint().name(),
            effect.matched(),
            effect.modules());
    effect.unmatched().stream()
        .limit(NAMED)
        .forEach(key -> console.out().println("no layer for: " + key));
    if (effect.unmatched().size() > NAMED) {
      console.out().println("and for " + (effect.unmatched().size() - NAMED) + " others");
    }
    Table table = new Table("NETWORK", "BLOCK", ">WEIGHTS", ">CHANGE", ">WEIGHT", ">SHARE");
    effect.blocks().forEach(block -> row(table, block));
    effect.byPart().values().forEach(sum -> row(table, sum));
    if (effect.changesAnything()) {
      table.print(console.out());
    } else {
      console.out().println("it changes nothing: every change is 0");
    }
    console.out().println();
  }

  private static void row(Table table, Block block) {
    table.row(
        block.part().label(),
        block.name(),
        block.weights(),
        String.format(Locale.ROOT, "%.3g", block.change()),
        String.format(Locale.ROOT, "%.3g", block.weight()),
        String.format(Locale.ROOT, "%.2f %%", 100 * block.relative()));
  }
}
