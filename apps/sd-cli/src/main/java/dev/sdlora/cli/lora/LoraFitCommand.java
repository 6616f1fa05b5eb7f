package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.LoraFolders;
import dev.sdlora.cli.model.LoraReference;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.option.ChartOption;
import dev.sdlora.cli.report.Json;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora fit}: checks whether a LoRA fits a checkpoint. */
@Command(
    name = "fit",
    description = {
      "Check whether a LoRA fits a checkpoint: family, base model, layers and training settings."
    })
final class LoraFitCommand implements Runnable {
  @Mixin private final Console console = new Console();
  @Mixin private final ChartOption chart = new ChartOption();

  @Parameters(
      paramLabel = LoraReference.LABEL,
      description = LoraFolders.HELP + " Default weight: 1.")
  private String name = "";

  @Option(
      names = "--checkpoint",
      paramLabel = "MODEL",
      description = "Checkpoint to check against. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Mixin private final LoraFolders folders = new LoraFolders();

  @Override
  public void run() {
    chart.check();
    LoraAdapter lora = folders.openWeighted(List.of(name), console).get(0);
    Checkpoint model =
        Checkpoint.open(
            PublishedFile.path(checkpoint, console).orElseGet(BundledModel::checkpoint));
    LoraFit fit = lora.fitOn(model);
    fit.effect()
        .ifPresent(
            effect ->
                chart.write("%s on %s".formatted(lora.name(), model.name()), effect.blocks()));
    if (console.json()) {
      console.out().println(Json.line(toJson(lora, model, fit)));
    } else {
      print(lora, model, fit);
    }
  }

  private static ObjectNode toJson(LoraAdapter lora, Checkpoint model, LoraFit fit) {
    ObjectNode json = Json.object();
    json.put("name", lora.name());
    json.put("path", lora.path().toString());
    json.put("checkpoint", model.path().toString());
    json.put("verdict", OptionWords.in(fit.verdict()));
    json.put("applicable", fit.isApplicable());
    json.put("exactBase", fit.exactBase());
    json.put("family", lora.family().label());
    json.put("checkpointFamily", model.family().label());
    json.put("base", fit.base());
    json.put("checkpointBase", fit.checkpointBase());
    json.set("signs", Json.tree(fit.signs()));
    json.set("advice", Json.tree(OptionWords.in(fit.advice())));
    ObjectNode training = json.putObject("training");
    fit.training().checkpoint().ifPresent(trained -> training.put("checkpoint", trained));
    fit.training().resolution().ifPresent(size -> training.put("resolution", size.toString()));
    fit.training().clipSkip().ifPresent(skip -> training.put("clipSkip", skip));
    fit.predictionType().ifPresent(type -> training.put("prediction", type.label()));
    fit.effect()
        .ifPresent(
            effect -> {
              json.put("matched", effect.matched());
              json.set("unmatched", Json.tree(effect.unmatched()));
              BlockTable.toJson(json, effect.blocks(), effect.byPart());
            });
    return json;
  }

  private void print(LoraAdapter lora, Checkpoint model, LoraFit fit) {
    line("verdict", OptionWords.in(fit.verdict()));
    OptionWords.in(fit.advice()).forEach(sentence -> line("note", sentence));
    line("family", "%s, checkpoint %s".formatted(lora.family().label(), model.family().label()));
    line("base", "%s, checkpoint %s".formatted(fit.base(), fit.checkpointBase()));
    fit.signs().forEach(sign -> line("sign", sign));
    fit.training().checkpoint().ifPresent(trained -> line("trained on", trained));
    fit.training().resolution().ifPresent(size -> line("trained at", size));
    fit.training().clipSkip().ifPresent(skip -> line("clip skip", skip));
    fit.predictionType().ifPresent(type -> line("prediction", type.label()));
    fit.effect().ifPresent(this::print);
  }

  private void print(LoraEffect effect) {
    line("layers", "%s of %s modules match".formatted(effect.matched(), effect.modules()));
    if (effect.changesAnything()) {
      BlockTable.print(console.out(), "CHANGE", effect.blocks(), effect.byPart());
    }
  }

  private void line(String label, Object value) {
    console.out().println(label + ": " + value);
  }
}
