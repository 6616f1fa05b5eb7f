package dev.sdlora.prompt.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QwenPromptTest {
  private static final QwenTokenizer TOKENIZER = QwenTokenizer.load();

  /** The tokens of the template before a prompt. */
  private static final int BEFORE = 3;

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#qwenTemplates")
  void klein_goldenPrompt_agreesWithHuggingFace(JsonNode golden) {
    QwenPrompt prompt = QwenPrompt.klein(golden.get("prompt").textValue(), TOKENIZER);

    assertThat(prompt.ids()).containsExactly(ids(golden, "klein_ids"));
    assertThat(prompt.count()).isEqualTo(golden.get("klein_real").intValue());
    assertThat(prompt.cut().isEmpty())
        .isEqualTo(golden.get("klein_ids_unpadded").intValue() <= 512);
  }

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#qwenTemplates")
  void zImage_goldenPrompt_agreesWithHuggingFace(JsonNode golden) {
    QwenPrompt prompt = QwenPrompt.zImage(golden.get("prompt").textValue(), TOKENIZER);

    assertThat(prompt.ids()).containsExactly(ids(golden, "zimage_ids"));
    assertThat(prompt.count()).isEqualTo(prompt.ids().length);
  }

  private static int[] ids(JsonNode golden, String key) {
    return new ObjectMapper().convertValue(golden.get(key), int[].class);
  }

  @Test
  void klein_lineBreakFirst_joinsThatOfTheTemplate() {
    assertThat(QwenPrompt.klein("\ncat", TOKENIZER).ids()).startsWith(151644, 872, 271, 4616);
  }

  @Test
  void cut_promptThatJustFits_isEmpty() {
    QwenPrompt prompt = QwenPrompt.klein(words(512 - BEFORE), TOKENIZER);

    assertThat(prompt.count()).isEqualTo(512);
    assertThat(prompt.ids()).doesNotContain(151645);
    assertThat(prompt.cut()).isEmpty();
  }

  @Test
  void cut_longPrompt_isItsEnd() {
    assertThat(QwenPrompt.klein(words(512 - BEFORE) + " cat, dog", TOKENIZER).cut())
        .isEqualTo(" cat, dog");
    assertThat(QwenPrompt.zImage(words(512 - BEFORE) + "<|im_end|> cat", TOKENIZER).cut())
        .isEqualTo("<|im_end|> cat");
  }

  /** The character of this text has four tokens. */
  @Property(tries = 20)
  void cut_withinCharacter_beginsWithTheCharacter(@ForAll @IntRange(max = 3) int shift) {
    String character = "\ud808\udc00";
    String text = words(500 + shift) + character.repeat(10);

    String cut = QwenPrompt.zImage(text, TOKENIZER).cut();

    int tokens = TOKENIZER.encode(character).length;
    assertThat(tokens).isGreaterThan(1);
    assertThat(cut).isEqualTo(character.repeat(10 - (512 - BEFORE - 500 - shift) / tokens));
  }

  @Test
  void equals_samePrompt_isEqual() {
    QwenPrompt prompt = QwenPrompt.klein("a cat", TOKENIZER);

    assertThat(prompt)
        .isEqualTo(QwenPrompt.klein("a cat", TOKENIZER))
        .hasSameHashCodeAs(QwenPrompt.klein("a cat", TOKENIZER))
        .isNotEqualTo(QwenPrompt.zImage("a cat", TOKENIZER))
        .isNotEqualTo(QwenPrompt.klein("a dog", TOKENIZER));
    assertThat(prompt.toString()).contains("count=14");
    Arrays.fill(prompt.ids(), 0);
    assertThat(prompt).isEqualTo(QwenPrompt.klein("a cat", TOKENIZER));
  }

  private static String words(int count) {
    return "word" + " word".repeat(count - 1);
  }
}
