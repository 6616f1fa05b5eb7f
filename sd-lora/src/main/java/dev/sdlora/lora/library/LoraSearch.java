package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.lora.TriggerWord;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Matches LoRAs with a query, checking the cheapest conditions first. */
final class LoraSearch {
  private final LoraQuery query;
  private final LoraCards cards;
  private final List<Path> folders;
  private final List<String> words;
  private final Optional<Pattern> trigger;

  /**
   * Creates a search.
   *
   * @param folders the root folders of the library, whose names are not part of a file's place
   */
  LoraSearch(LoraQuery query, LoraCards cards, List<Path> folders) {
    this.query = query;
    this.cards = cards;
    this.folders = folders;
    this.words =
        Stream.of(lower(query.text()).split("\\s+")).filter(word -> !word.isEmpty()).toList();
    this.trigger = query.trigger().map(LoraSearch::wholeWords);
  }

  private static Pattern wholeWords(String text) {
    return Pattern.compile(
        "(?<![\\p{L}\\p{N}])" + Pattern.quote(lower(text.strip())) + "(?![\\p{L}\\p{N}])");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  boolean matches(LoraAdapter lora) {
    return query.family().map(lora.family()::equals).orElse(true)
        && trigger.map(pattern -> hasTrigger(lora, pattern)).orElse(true)
        && (words.isEmpty() || hasWords(lora));
  }

  private boolean hasTrigger(LoraAdapter lora, Pattern pattern) {
    return cards.trainedWith(lora).stream()
        .anyMatch(word -> pattern.matcher(lower(word.text())).find());
  }

  private boolean hasWords(LoraAdapter lora) {
    String names =
        text(
            Stream.of(
                Stream.of(placeOf(lora)),
                lora.alias().stream(),
                TrainingFacts.text(lora.metadata(), "modelspec.title").stream()));
    List<String> missing = words.stream().filter(word -> !names.contains(word)).toList();
    if (missing.isEmpty()) {
      return true;
    }
    String written = text(Stream.of(writtenWords(lora), cards.notes(lora).stream()));
    return missing.stream().allMatch(written::contains);
  }

  private static String text(Stream<Stream<String>> parts) {
    return parts.flatMap(part -> part).map(LoraSearch::lower).collect(Collectors.joining("\n"));
  }

  /**
   * Excludes training tags, which would give too many matches: half of all files have a "pink" that
   * contains "ink".
   */
  private Stream<String> writtenWords(LoraAdapter lora) {
    return cards.triggerWords(lora).stream()
        .filter(word -> word.source() != TriggerWord.Source.TRAINING_TAGS)
        .map(TriggerWord::text);
  }

  /** The name of the file with its folders inside the library. */
  private String placeOf(LoraAdapter lora) {
    return folders.stream()
        .filter(lora.path()::startsWith)
        .findFirst()
        .map(folder -> folder.relativize(lora.path().resolveSibling(lora.name())).toString())
        .orElse(lora.name());
  }
}
