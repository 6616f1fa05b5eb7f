package dev.sdlora.server.loras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.ErrorMessages;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Converts LoRAs to JSON. */
final class LoraView {
  /** Limit of trigger words on a card. */
  private static final int TRIGGERS = 4;

  /** Limit of characters of a metadata value; some trainers write whole data sets into one. */
  private static final int LONGEST_VALUE = 1000;

  private final Checkpoint checkpoint;
  private final LoraPlaces places;
  private final LoraThumbnails thumbnails;

  LoraView(Checkpoint checkpoint, LoraPlaces places, LoraThumbnails thumbnails) {
    this.checkpoint = checkpoint;
    this.places = places;
    this.thumbnails = thumbnails;
  }

  /** Whether the LoRA's family is that of the checkpoint. */
  static Fit fit(LoraAdapter lora, Checkpoint checkpoint) {
    return lora.family() == ModelFamily.UNKNOWN
        ? Fit.UNKNOWN
        : lora.family() == checkpoint.family() ? Fit.YES : Fit.NO;
  }

  /** Whether a LoRA is for the family of the checkpoint. */
  enum Fit {
    YES("yes"),
    NO("no"),
    UNKNOWN("unknown");

    private final String label;

    Fit(String label) {
      this.label = label;
    }
  }

  /** Returns the contents of a card. */
  ObjectNode card(LoraAdapter lora) {
    ObjectNode card = Fields.object();
    card.put("name", lora.name());
    lora.alias()
        .filter(alias -> !alias.equals(lora.name()))
        .ifPresent(text -> card.put("alias", text));
    card.put("folder", places.folder(lora));
    card.put("family", lora.family().label());
    card.put("fits", fit(lora, checkpoint).label);
    card.put("rank", lora.rank());
    put(card, "preferred_weight", lora.preferredWeight());
    lora.description().ifPresent(text -> card.put("description", cut(text)));
    ArrayNode triggers = card.putArray("trigger_words");
    named(lora.triggerWords()).limit(TRIGGERS).forEach(word -> triggers.add(word.text()));
    thumbnails
        .version(lora)
        .ifPresent(
            version ->
                card.put("preview", "api/loras/" + encoded(lora.name()) + "/preview?v=" + version));
    return card;
  }

  /** The words that somebody named as triggers, without tags that training images merely have. */
  private static Stream<TriggerWord> named(List<TriggerWord> words) {
    return words.stream().filter(word -> word.source() != TriggerWord.Source.TRAINING_TAGS);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void put(ObjectNode json, String field, OptionalDouble number) {
    number.ifPresent(value -> json.put(field, value));
  }

  /** Returns everything known from the file and its sidecar files. */
  ObjectNode details(LoraAdapter lora) {
    LoraDetails details = lora.details();
    ObjectNode json = card(lora);
    details.training().title().ifPresent(title -> json.put("title", title));
    json.put("bytes", details.bytes());
    ArrayNode kinds = json.putArray("kinds");
    lora.kinds().forEach(kinds::add);
    json.put("modules", details.modules().size());
    ObjectNode parts = json.putObject("modules_by_part");
    details.modulesByPart().forEach((part, count) -> parts.put(part.label(), count));
    ObjectNode ranks = json.putObject("modules_by_rank");
    details.modulesByRank().forEach((rank, count) -> ranks.put(rank.toString(), count));
    addTraining(json.putObject("training"), details.training());
    ArrayNode words = json.putArray("trigger_words");
    named(details.triggerWords())
        .forEach(
            word ->
                words.addObject().put("text", word.text()).put("source", word.source().label()));
    ArrayNode tags = json.putArray("training_tags");
    for (TriggerWord word : details.triggerWords()) {
      word.count()
          .ifPresent(count -> tags.addObject().put("text", word.text()).put("count", count));
    }
    details.negativeText().ifPresent(text -> json.put("negative_text", text));
    details.notes().ifPresent(notes -> json.put("notes", notes));
    ObjectNode metadata = json.putObject("metadata");
    lora.metadata().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> metadata.put(entry.getKey(), cut(entry.getValue())));
    return json;
  }

  private static void addTraining(ObjectNode json, LoraDetails.Training training) {
    training.checkpoint().ifPresent(name -> json.put("checkpoint", name));
    training.resolution().ifPresent(size -> json.put("resolution", size.toString()));
    training.clipSkip().ifPresent(skip -> json.put("clip_skip", skip));
  }

  private static String cut(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "…";
  }

  /** Returns whether the LoRA fits, and how strongly it changes which blocks. */
  static ObjectNode effect(LoraFit fit, ErrorMessages messages) {
    ObjectNode json = Fields.object();
    json.put("applicable", fit.isApplicable());
    json.put("verdict", messages.shown(fit.verdict()));
    add(json, "advice", fit.advice().stream().map(messages::shown).toList());
    ArrayNode blocks = json.putArray("blocks");
    if (fit.effect().isPresent()) {
      LoraEffect effect = fit.effect().get();
      json.put("matched", effect.matched());
      json.put("unmatched", effect.unmatched().size());
      effect.byPart().values().forEach(block -> add(blocks, block));
      effect.blocks().forEach(block -> add(blocks, block));
    }
    return json;
  }

  private static void add(ObjectNode json, String field, List<String> texts) {
    ArrayNode array = json.putArray(field);
    texts.forEach(array::add);
  }

  private static void add(ArrayNode blocks, BlockChange block) {
    double relative = block.relative();
    blocks
        .addObject()
        .put("part", block.part().label())
        .put("name", block.name())
        .put("weights", block.weights())
        .put("share", Double.isFinite(relative) ? relative : 1);
  }
}
