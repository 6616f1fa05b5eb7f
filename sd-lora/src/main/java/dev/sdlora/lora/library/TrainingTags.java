package dev.sdlora.lora.library;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The most frequent tags of the training images, as in A1111 1.10.1: counts are summed over the
 * folders of the training set; if tags are long enough to be sentences, their words are counted
 * instead. Tags with equal counts keep the order of the file.
 *
 * <p>Also finds the tag that triggers each folder's content, where it is clear.
 */
final class TrainingTags {
  private static final String KEY = "ss_tag_frequency";

  /** The key of the number of images in each folder, without folders of regularisation images. */
  private static final String FOLDERS = "ss_dataset_dirs";

  /** With fewer images than this, a tag may be in all captions by chance. */
  private static final int FEWEST_PICTURES = 5;

  /** The maximum length of a tag that may be a trigger word made up by a trainer. */
  private static final int LONGEST_TRIGGER = 40;

  private static final int MOST = 24;

  /** The average tag length from which tags count as sentences. */
  private static final double SENTENCE = 16;

  /** A limit above any real training set; if there are more different tags, none is shown. */
  private static final int MOST_READ = 200_000;

  private static final int SHORTEST_WORD = 3;
  private static final Pattern WORD = Pattern.compile("[\\w'-]+", Pattern.UNICODE_CHARACTER_CLASS);

  /**
   * The tags are field names here. Thousands of them occur only once, so interning them costs more
   * than it saves.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private TrainingTags() {}

  /**
   * The tags of a file, most frequent first; empty if its metadata contains no valid ones.
   *
   * @param counted the tags to count
   */
  static List<TriggerWord> of(Map<String, String> metadata, Predicate<String> counted) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    folders(metadata)
        .values()
        .forEach(
            folder -> folder.forEach((tag, count) -> counts.merge(tag, count, TrainingTags::sum)));
    return (areCaptions(counts) ? words(counts) : counts)
        .entrySet().stream()
            .filter(tag -> counted.test(tag.getKey()))
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST)
            .map(tag -> TriggerWord.counted(tag.getKey(), tag.getValue()))
            .toList();
  }

  /**
   * For each folder of the training set, the first tag that all of its captions contain and that is
   * uncommon in captions of unrelated images. It is probably the trigger word that the trainer made
   * up. Folders without one, or with an unknown number of images, are skipped.
   */
  static List<String> inAllCaptions(Map<String, String> metadata) {
    Map<String, Integer> pictures = images(metadata);
    List<String> found = new ArrayList<>();
    folders(metadata)
        .forEach(
            (folder, tags) -> {
              int all = pictures.getOrDefault(folder, 0);
              (areCaptions(tags) ? captionsWith(tags) : tags)
                  .entrySet().stream()
                      .filter(tag -> all >= FEWEST_PICTURES && tag.getValue() >= all)
                      .map(Map.Entry::getKey)
                      .filter(tag -> tag.length() <= LONGEST_TRIGGER)
                      .filter(tag -> !CommonCaptionWords.contain(tag))
                      .findFirst()
                      .filter(tag -> !found.contains(tag))
                      .ifPresent(found::add);
            });
    return found;
  }

  private static Map<String, Integer> images(Map<String, String> metadata) {
    Map<String, Integer> pictures = new HashMap<>();
    try {
      SettingsJson.parse(metadata.getOrDefault(FOLDERS, ""))
          .properties()
          .forEach(
              folder ->
                  pictures.put(folder.getKey(), folder.getValue().path("img_count").asInt(0)));
    } catch (JsonProcessingException e) {
      pictures.clear();
    }
    return pictures;
  }

  private static boolean areCaptions(Map<String, Integer> tags) {
    return tags.keySet().stream().mapToInt(String::length).average().orElse(0) >= SENTENCE;
  }

  /** Reads {"folder": {"tag": count}}. */
  private static Map<String, Map<String, Integer>> folders(Map<String, String> metadata) {
    Map<String, Map<String, Integer>> folders = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(metadata.getOrDefault(KEY, ""))) {
      boolean object = json.nextToken() == JsonToken.START_OBJECT;
      int left = MOST_READ;
      while (object && json.nextToken() == JsonToken.FIELD_NAME) {
        String folder = json.currentName();
        if (json.nextToken() == JsonToken.START_OBJECT) {
          left -=
              readFolder(json, folders.computeIfAbsent(folder, n -> new LinkedHashMap<>()), left);
        } else {
          json.skipChildren();
        }
      }
    } catch (IOException e) {
      // Some trainers write Python's notation here; A1111 then shows no tags either.
      folders.clear();
    }
    return folders;
  }

  /** Reads the tags of a folder and returns the number of new ones. */
  private static int readFolder(JsonParser json, Map<String, Integer> counts, int most)
      throws IOException {
    int before = counts.size();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String tag = json.currentName().strip();
      if (json.nextToken().isNumeric() && !tag.isEmpty()) {
        counts.merge(tag, json.getValueAsInt(), TrainingTags::sum);
        if (counts.size() - before > most) {
          throw new StreamConstraintsException("more than " + MOST_READ + " tags");
        }
      } else {
        json.skipChildren();
      }
    }
    return counts.size() - before;
  }

  /** The words of the sentences with their counts. */
  private static Map<String, Integer> words(Map<String, Integer> captions) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    captions.forEach(
        (sentence, count) ->
            words(sentence).forEach(word -> counts.merge(word, count, TrainingTags::sum)));
    return counts;
  }

  /** The number of sentences that contain each word. */
  private static Map<String, Integer> captionsWith(Map<String, Integer> captions) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    captions.forEach(
        (sentence, count) ->
            words(sentence)
                .distinct()
                .forEach(word -> counts.merge(word, count, TrainingTags::sum)));
    return counts;
  }

  private static Stream<String> words(String sentence) {
    return WORD.matcher(sentence)
        .results()
        .map(MatchResult::group)
        .filter(word -> word.length() >= SHORTEST_WORD);
  }

  /** Adds two counts without overflow, since the file may contain arbitrary numbers. */
  private static int sum(int a, int b) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min((long) a + b, Integer.MAX_VALUE));
  }
}
