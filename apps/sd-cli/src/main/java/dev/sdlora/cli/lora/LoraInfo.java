package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraDetails.Module;
import dev.sdlora.api.lora.LoraDetails.Training;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.cli.console.Table;
import dev.sdlora.cli.report.Json;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The details of a LoRA as JSON and as text. */
record LoraInfo(LoraAdapter lora, LoraDetails details, String sha256, String autoV3) {

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("name", lora.name());
    lora.alias().ifPresent(alias -> json.put("alias", alias));
    json.put("path", lora.path().toString());
    json.put("bytes", details.bytes());
    json.put("family", lora.family().label());
    json.set("kinds", Json.tree(lora.kinds()));
    ObjectNode parts = json.putObject("modulesByPart");
    details.modulesByPart().forEach((part, count) -> parts.put(part.label(), count));
    ObjectNode ranks = json.putObject("modulesByRank");
    details.modulesByRank().forEach((rank, count) -> ranks.put(rank.toString(), count));
    training(json.putObject("training"), details.training());
    usage(json);
    json.putObject("tag")
        .put("prompt", lora.tag())
        .put("negativePrompt", lora.negativeText().orElse(""));
    json.putObject("hashes")
        .put("autoV2", lora.autoV2())
        .put("autoV3", autoV3)
        .put("sha256", sha256);
    ArrayNode modules = json.putArray("modules");
    details.modules().forEach(module -> module(modules.addObject(), module));
    json.set("metadata", Json.tree(lora.metadata()));
    return json;
  }

  private static void training(ObjectNode json, Training training) {
    training.title().ifPresent(title -> json.put("title", title));
    training.checkpoint().ifPresent(checkpoint -> json.put("checkpoint", checkpoint));
    training.resolution().ifPresent(size -> json.put("resolution", size.toString()));
    training.clipSkip().ifPresent(skip -> json.put("clipSkip", skip));
  }

  private void usage(ObjectNode json) {
    ArrayNode words = json.putArray("triggerWords");
    for (TriggerWord word : details.triggerWords()) {
      ObjectNode entry = words.addObject();
      entry.put("text", word.text()).put("source", word.source().label());
      if (word.source() == TriggerWord.Source.TRAINING_TAGS) {
        entry.put("count", word.count().orElse(0));
      }
    }
    details.preferredWeight().ifPresent(weight -> json.put("preferredWeight", weight));
    lora.description().ifPresent(text -> json.put("description", text));
    details.negativeText().ifPresent(text -> json.put("negativeText", text));
    details.notes().ifPresent(notes -> json.put("notes", notes));
    details.preview().ifPresent(preview -> json.put("preview", preview.toString()));
  }

  private static void module(ObjectNode json, Module module) {
    json.put("key", module.key())
        .put("part", module.part().label())
        .put("kind", module.kind())
        .put("rank", module.rank());
    module.alpha().ifPresent(alpha -> json.put("alpha", alpha));
  }

  /** Prints one line for each known property. */
  void print(PrintWriter out, boolean withModules) {
    Training training = details.training();
    line(out, "name", Optional.of(lora.name()));
    line(out, "alias", lora.alias());
    line(out, "title", training.title());
    line(out, "description", lora.description());
    line(out, "path", Optional.of(lora.path()));
    line(out, "size", Optional.of(String.format(Locale.ROOT, "%.1f MB", details.bytes() / 1e6)));
    line(out, "family", Optional.of(lora.family().label()));
    line(out, "kind", Optional.of(String.join(", ", lora.kinds())));
    line(out, "modules", Optional.of(parts()));
    line(out, "rank", Optional.of(ranks()));
    line(out, "trained on", training.checkpoint());
    line(out, "trained at", training.resolution());
    training.clipSkip().ifPresent(skip -> line(out, "clip skip", Optional.of(skip)));
    for (TriggerWord.Source source : TriggerWord.Source.values()) {
      line(out, source.label(), words(source));
    }
    details.preferredWeight().ifPresent(weight -> line(out, "weight", Optional.of(weight)));
    line(out, "negative text", details.negativeText());
    line(out, "tag", Optional.of(lora.tag()));
    line(out, "notes", details.notes());
    line(out, "preview", details.preview());
    line(out, "AutoV2", Optional.of(lora.autoV2()));
    line(out, "AutoV3", Optional.of(autoV3));
    if (withModules) {
      modules().print(out);
    }
    out.println();
  }

  private static void line(PrintWriter out, String label, Optional<?> value) {
    value.ifPresent(there -> out.println(label + ": " + there));
  }

  private String parts() {
    return details.modules().size()
        + details.modulesByPart().entrySet().stream()
            .map(part -> part.getKey().label() + " " + part.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** Returns the distinct ranks, such as "16 (alpha 8), 4 (alpha 1)". */
  private String ranks() {
    return details.modules().stream()
        .map(module -> module.rank() + " (alpha " + alpha(module.alpha()) + ")")
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String alpha(OptionalDouble alpha) {
    return alpha.isPresent() ? "%s".formatted((float) alpha.getAsDouble()) : "none";
  }

  private Optional<String> words(TriggerWord.Source source) {
    String words =
        details.triggerWords().stream()
            .filter(word -> word.source() == source)
            .map(
                word ->
                    word.text()
                        + word.count().stream()
                            .mapToObj(count -> " (" + count + ")")
                            .collect(Collectors.joining()))
            .collect(Collectors.joining(", "));
    return Optional.of(words).filter(text -> !text.isEmpty());
  }

  private Table modules() {
    Table table = new Table("MODULE", "NETWORK", "KIND", ">RANK", ">ALPHA");
    for (Module module : details.modules()) {
      table.row(
          module.key(), module.part().label(), module.kind(), module.rank(), alpha(module.alpha()));
    }
    return table;
  }
}
