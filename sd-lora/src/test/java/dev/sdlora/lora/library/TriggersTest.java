package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.lora.TriggerWord.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggersTest {
  private static Triggers written(String... texts) {
    return Triggers.of(
        List.of(texts).stream().map(text -> TriggerWord.of(text, Source.TRAINED_WORDS)).toList(),
        List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          mox style               ! a star, Mox  STYLE, night     ! true
          mox style               ! a star in (mox style:1.2)     ! true
          mox style               ! a ((mox style)) star          ! true
          mox style               ! a [mox_style|b] star          ! true
          mox style               ! [a:mox style:0.5]             ! true
          (mox style:1.1), night  ! a mox style                   ! true
          mox style, moxnight     ! a cat in moxnight             ! true
          mox style               ! a mox, style                  ! false
          mox style               ! a moxin style                 ! false
          ink                     ! a pink star                   ! false
          ink                     ! a star in ink.                ! true
          mox \\(game\\)          ! mox (game)                    ! true
          mox (game)              ! a mox \\(game\\), b           ! true
          1girl, solo, mox        ! 1girl on a white background   ! false
          smile                   ! a star                        ! false
          smile                   ! big smile                     ! true
          <s1><s2>                ! in the style of <s1><s2>      ! true
          ｍｏｘ，ｂ              ! mox                           ! true
          mox <lora:mox:1>        ! a mox                         ! true
          "in the style of Mox."  ! a star in style of mox        ! true
          a photo of a small mox  ! a mox                         ! true
          a photo of a small mox  ! a photo of a cat              ! false
          mox:1.2                 ! mox                           ! true
          """)
  void areIn_promptsAsPeopleWriteThem(String words, String prompt, boolean there) {
    assertThat(written(words).areIn(prompt)).isEqualTo(there);
  }

  @Test
  void of_severalSources_namesStylesOnceTheMostDeliberateFirst() {
    Triggers triggers =
        Triggers.of(
            List.of(
                TriggerWord.of("<s1>", Source.TRAINED_ALONG),
                TriggerWord.of("mox, ink", Source.ACTIVATION_TEXT),
                TriggerWord.of("Mox", Source.TRAINED_WORDS),
                TriggerWord.of("moxnight, dark", Source.TRAINED_WORDS),
                TriggerWord.of("moxday, dark", Source.TRAINED_WORDS),
                TriggerWord.of("ink", Source.TRIGGER_PHRASE),
                TriggerWord.counted("sea", 9)),
            List.of("sea"));
    assertThat(triggers.styles())
        .containsExactly("<s1>, mox, ink", "moxnight, dark", "moxday, dark");
    assertThat(triggers.areIn("moxday")).isTrue();
    assertThat(triggers.areIn("<s1>")).isTrue();
    assertThat(triggers.areIn("sea")).isFalse();
    assertThat(Triggers.of(List.of(TriggerWord.of("<s1>", Source.TRAINED_ALONG)), List.of("a")))
        .returns(List.of("<s1>"), Triggers::styles);
  }

  @Test
  void triggers_tagOfAllCaptionsOfAFolder_callsItUp(@TempDir Path folder) throws IOException {
    Map<String, String> metadata =
        Map.of(
            "ss_tag_frequency",
            """
            {"10_mox": {"1girl": 6, "hat": 3, "moxa": 6, "blue": 6}, "5_moz": {"mozb": 5},
             "2_few": {"few": 2}, "1_reg": {"woman": 9}, "9_none": {"some": 8}}""",
            "ss_dataset_dirs",
            """
            {"10_mox": {"n_repeats": 10, "img_count": 6}, "5_moz": {"img_count": 5},
             "2_few": {"img_count": 2}, "9_none": {"img_count": 9}}""");
    LoraCards cards = new LoraCards(new LoraFiles());
    Path path = TinyLoras.write(folder.resolve("mox.safetensors"), metadata);
    LoraAdapter lora = LoraFiles.adapter(new LoraFiles().open(path));
    assertThat(cards.triggers(lora).styles()).containsExactly("moxa", "mozb");

    Files.writeString(folder.resolve("mox.json"), "{\"activation text\": \"mox style\"}");
    assertThat(cards.triggers(lora).styles()).containsExactly("mox style");
  }

  @ParameterizedTest
  @CsvSource({"detail_slider", "sdxl_lightning_4step_lora"})
  void triggers_sliderOrFewSteps_needNoTag(String name, @TempDir Path folder) {
    Map<String, String> metadata =
        Map.of(
            "ss_tag_frequency", "{\"x\": {\"zorp\": 9}}",
            "ss_dataset_dirs", "{\"x\": {\"img_count\": 9}}");
    Path path = TinyLoras.write(folder.resolve(name + ".safetensors"), metadata);
    LoraAdapter lora = LoraFiles.adapter(new LoraFiles().open(path));
    assertThat(new LoraCards(new LoraFiles()).triggers(lora).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "not JSON",
        "[]",
        "{\"x\": 3}",
        "{\"x\": {\"img_count\": \"many\"}}",
        "{\"x\": {\"img_count\": -1}}"
      })
  void inAllCaptions_foldersThatMakeNoSense_tellNothing(String folders) {
    assertThat(
            TrainingTags.inAllCaptions(
                Map.of("ss_tag_frequency", "{\"x\": {\"a\": 9}}", "ss_dataset_dirs", folders)))
        .isEmpty();
  }

  @Test
  void inAllCaptions_sentences_countEachWordOnce() {
    String captions =
        """
        {"x": {"a zorp and a zorp in a green field": 3, "a large red zorp on the left": 3,
               "the blue heart of a large animal": 2}}""";
    String folders = "{\"x\": {\"img_count\": %s}}";
    assertThat(
            TrainingTags.inAllCaptions(
                Map.of("ss_tag_frequency", captions, "ss_dataset_dirs", folders.formatted(8))))
        .isEmpty();
    assertThat(
            TrainingTags.inAllCaptions(
                Map.of("ss_tag_frequency", captions, "ss_dataset_dirs", folders.formatted(6))))
        .contains("zorp");
  }

  @Property(tries = 300)
  void areIn_anyText_neverFails(
      @ForAll @StringLength(max = 30) @Chars({'a', ' ', ',', '(', ')', ':', '1', '.', '<', '\\'})
          String words,
      @ForAll @StringLength(max = 30) @Chars({'a', ' ', ',', '(', ')', ':', '1', '.', '<', '\\'})
          String prompt) {
    Triggers triggers = written(words);
    triggers.areIn(prompt);
    assertThat(triggers.words().isEmpty() || triggers.areIn(words)).isTrue();
  }
}
