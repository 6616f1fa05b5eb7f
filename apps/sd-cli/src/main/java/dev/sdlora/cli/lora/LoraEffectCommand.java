package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.LoraArguments;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.option.ChartOption;
import dev.sdlora.cli.report.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora effect}: measures the effect of LoRAs on a checkpoint. */
@Command(
    name = "effect",
    description = {
      "Measure how much LoRAs change the weights of a checkpoint, block by block.",
      "CHANGE and WEIGHT are norms, SHARE is their ratio. With --json, prints one object per line."
    })
final class LoraEffectCommand implements Runnable {
  /** Number of unmatched modules to print; JSON lists all. */
  private static final int NAMED = 5;

  @Mixin private final Console console = new Console();
  @Mixin private final LoraArguments loras = new LoraArguments();
  @Mixin private final ChartOption chart = new ChartOption();

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Checkpoint to measure on. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Option(
      names = "--strength",
      paramLabel = "NUMBER",
      description = "Weight of all LoRAs, instead of their own.")
  private Optional<Double> strength = Optional.empty();

  @Override
  public void run() {
    chart.check();
    List<LoraAdapter> opened =
        loras.open(console).stream()
            .map(lora -> strength.map(lora::withStrength).orElse(lora))
            .toList();
    if (opened.size() > 1 && chart.isWanted()) {
      throw console.badUsage("--chart supports only one LoRA, not " + opened.size());
    }
    Checkpoint model =
        Checkpoint.open(
            PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint));
    for (LoraAdapter lora : opened) {
      LoraEffect effect = lora.effectOn(model);
      chart.write(
          "change by %s as a share of the weights of %s".formatted(lora.name(), model.name()),
          effect.blocks());
      if (console.json()) {
        console.out().println(Json.line(toJson(lora, model, effect)));
      } else {
        print(lora, model, effect);
      }
    }
  }

  private static ObjectNode toJson(LoraAdapter lora, Checkpoint model, LoraEffect effect) {
    ObjectNode json = Json.object();
    json.put("name", lora.name());
    json.put("path", lora.path().toString());
    json.put("checkpoint", model.path().toString());
    json.put("strength", lora.unetStrength());
    json.put("changesAnything", effect.changesAnything());
    json.put("matched", effect.matched());
    json.set("unmatched", Json.tree(effect.unmatched()));
    BlockTable.toJson(json, effect.blocks(), effect.byPart());
    return json;
  }

  private void print(LoraAdapter lora, Checkpoint model, LoraEffect effect) {
    console
        .out()
        .printf(
            Locale.ROOT,
            "%s on %s: %d of %d modules match%n",
            lora.name(),
            model.name(),
            effect.matched(),
            effect.modules());
    effect.unmatched().stream()
        .limit(NAMED)
        .forEach(key -> console.out().println("no matching layer: " + key));
    if (effect.unmatched().size() > NAMED) {
      console.out().println("and " + (effect.unmatched().size() - NAMED) + " others");
    }
    if (effect.changesAnything()) {
      BlockTable.print(console.out(), "CHANGE", effect.blocks(), effect.byPart());
    } else {
      console.out().println("no effect: every change is 0");
    }
    console.out().println();
  }
}
