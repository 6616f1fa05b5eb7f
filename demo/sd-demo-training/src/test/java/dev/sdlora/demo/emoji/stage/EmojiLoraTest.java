package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LoRAs by name. */
final class EmojiLoraTest {
  @ParameterizedTest
  @EnumSource(EmojiLora.class)
  void named_file_theLora(EmojiLora lora) {
    assertThat(EmojiLora.named(lora.file())).contains(lora);
  }

  @Test
  void named_anythingElse_none() {
    assertThat(EmojiLora.named("model")).isEmpty();
  }
}
