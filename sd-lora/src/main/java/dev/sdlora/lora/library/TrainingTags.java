package dev.sdlora.lora.library;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sdlora.api.TriggerWord;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
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

  /** More different ones than any training set has; of more, none is shown. */
  private static final int MOST_READ = 200_000;

  private static final int SHORTEST_WORD = 3;
  private static final Pattern WORD = Pattern.compile("[\\w'-]+", Pattern.UNICODE_CHARACTER_CLASS);

  /**
   * Names are tags here, of which thousands are seen once: remembering them costs more than it
   * saves.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private TrainingTags() {}

  /**
   * The tags of a file, most frequent first; none if its metadata has none that make sense.
   *
   * @param counted which of them count
   */
  static List<TriggerWord> of(Map<String, String> metadata, Predicate<String> counted) {
    Map<String, Integer> counts = counts(metadata.getOrDefault(KEY, ""));
    double average = counts.keySet().stream().mapToInt(String::length).average().orElse(0);
    return (average >= SENTENCE ? words(counts) : counts)
        .entrySet().stream()
            .filter(tag -> counted.test(tag.getKey()))
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST)
            .map(tag -> TriggerWord.counted(tag.getKey(), tag.getValue()))
            .toList();
  }

  /** Reads {"folder": {"tag": count}}. */
  private static Map<String, Integer> counts(String frequencies) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(frequencies)) {
      boolean object = json.nextToken() == JsonToken.START_OBJECT;
      while (object && json.nextToken() == JsonToken.FIELD_NAME) {
        if (json.nextToken() == JsonToken.START_OBJECT) {
          addFolder(json, counts);
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      // Trainers have written Python's own notation here; A1111 shows no tags then either.
      counts.clear();
    }
    return counts;
  }

  private static void addFolder(JsonParser json, Map<String, Integer> counts) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String tag = json.currentName().strip();
      if (json.nextToken().isNumeric() && !tag.isEmpty()) {
        counts.merge(tag, json.getValueAsInt(), TrainingTags::sum);
        if (counts.size() > MOST_READ) {
          throw new StreamConstraintsException("more than " + MOST_READ + " tags");
        }
      } else {
        json.skipChildren();
      }
    }
  }

  private static Map<String, Integer> words(Map<String, Integer> sentences) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    sentences.forEach(
        (sentence, count) ->
            WORD.matcher(sentence)
                .results()
                .map(MatchResult::group)
                .filter(word -> word.length() >= SHORTEST_WORD)
                .forEach(word -> counts.merge(word, count, TrainingTags::sum)));
    return counts;
  }

  /** Numbers that are no counts must not come out with another sign. */
  private static int sum(int a, int b) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min((long) a + b, Integer.MAX_VALUE));
  }
}
