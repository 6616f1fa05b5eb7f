package dev.sdlora.lora.library;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.api.TriggerWord;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The most frequent tags of the training pictures, as A1111 1.10.1 shows them: counts are summed
 * over the folders of the training set; when tags are so long that they are sentences, their words
 * are counted instead. Tags of equal count keep the order of the file.
 */
final class TrainingTags {
  private static final String KEY = "ss_tag_frequency";
  private static final int MOST = 24;

  /** Average letters of a tag from which tags are sentences. */
  private static final double SENTENCE = 16;

  private static final int SHORTEST_WORD = 3;
  private static final Pattern WORD =
      Pattern.compile("[\\w'-]+", Pattern.UNICODE_CHARACTER_CLASS);

  private static final JsonMapper JSON = new JsonMapper();

  private TrainingTags() {}

  /** The tags of a file, most frequent first; none if its metadata has none that make sense. */
  static List<TriggerWord> of(Map<String, String> metadata) {
    Map<String, Integer> counts = counts(metadata.getOrDefault(KEY, ""));
    double average = counts.keySet().stream().mapToInt(String::length).average().orElse(0);
    return (average >= SENTENCE ? words(counts) : counts)
        .entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST)
            .map(
                tag ->
                    new TriggerWord(
                        tag.getKey(), TriggerWord.Source.TRAINING_TAGS, tag.getValue()))
            .toList();
  }

  private static Map<String, Integer> counts(String frequencies) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    if (frequencies.isBlank()) {
      return counts;
    }
    try {
      for (JsonNode folder : JSON.readTree(frequencies)) {
        folder
            .properties()
            .forEach(
                tag -> {
                  String text = tag.getKey().strip();
                  if (!text.isEmpty()) {
                    counts.merge(text, tag.getValue().asInt(0), Integer::sum);
                  }
                });
      }
    } catch (JsonProcessingException e) {
      // Trainers have written Python's own notation here; A1111 shows no tags then either.
      counts.clear();
    }
    return counts;
  }

  private static Map<String, Integer> words(Map<String, Integer> sentences) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    sentences.forEach(
        (sentence, count) ->
            WORD.matcher(sentence)
                .results()
                .map(MatchResult::group)
                .filter(word -> word.length() >= SHORTEST_WORD)
                .forEach(word -> counts.merge(word, count, Integer::sum)));
    return counts;
  }
}
