package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.lora.TriggerWord;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTagsTest {
  private static List<String> tags(String frequencies) {
    return TrainingTags.of(Map.of("ss_tag_frequency", frequencies), tag -> true).stream()
        .map(tag -> tag.text() + "=" + tag.count().orElseThrow())
        .toList();
  }

  @Test
  void of_severalFolders_areSummedAndSorted() {
    assertThat(
            tags(
                """
                {"10_ink": {"ink": 5, " sea": 2, "cat": 7}, "1_reg": {"sea ": 9, "dog": 5}}"""))
        .containsExactly("sea=11", "cat=7", "ink=5", "dog=5");
  }

  @Test
  void of_manyTags_shows24() {
    String many =
        IntStream.range(0, 40)
            .mapToObj(i -> String.format(Locale.ROOT, "\"t%02d\": %s", i, i))
            .collect(Collectors.joining(", ", "{\"x\": {", "}}"));
    assertThat(tags(many)).hasSize(24).startsWith("t39=39").endsWith("t16=16");
  }

  @Test
  void of_sentences_countsTheirWords() {
    assertThat(
            tags(
                """
                {"x": {"a man in a wide-brimmed hat": 2, "the man's été_2 of it, man": 3}}"""))
        .containsExactly("man=5", "the=3", "man's=3", "été_2=3", "wide-brimmed=2", "hat=2");
  }

  @Test
  void of_averageOf16Letters_isWhereSentencesBegin() {
    assertThat(tags("{\"x\": {\"fifteen letters\": 1}}")).containsExactly("fifteen letters=1");
    assertThat(tags("{\"x\": {\"sixteen letters!\": 1}}"))
        .containsExactly("sixteen=1", "letters=1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "None",
        "null",
        "[]",
        "7",
        "{'x': {'ink': 5}}",
        "{\"x\": 5}",
        "{\"x\": {\"a\": null}}",
        "{\"x\": {\"a\": {\"b\": 1}}}",
        "{\"x\": {\"ink\": 5"
      })
  void of_nonsense_isNothing(String frequencies) {
    assertThat(tags(frequencies)).isEmpty();
  }

  @Test
  void of_noMetadata_isNothing() {
    assertThat(TrainingTags.of(Map.of(), tag -> true)).isEqualTo(List.<TriggerWord>of());
  }
}
