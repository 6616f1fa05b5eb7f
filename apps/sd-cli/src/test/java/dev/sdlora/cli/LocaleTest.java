package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.model.BundledModel;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the output is the same in every locale, for people and scripts. */
@Tag("slow")
final class LocaleTest {
  private final Locale before = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa", "hi-u-nu-deva", "tr", "th-TH-u-nu-thai"})
  void output_inEveryLocale_isThatOfEnglish(String tag) {
    String loras = BundledModel.loras().toString();
    String[][] calls = {
      {"lora", "list", loras},
      {"lora", "info", loras + "/zorp.safetensors", "--modules"},
      {"lora", "info", loras + "/zorp.safetensors", "--json"},
      {"info", BundledModel.checkpoint().toString()},
      {"prompt", "a (red:1.25) star [a:b:0.5]", "--json"},
      {"prompt", "a (red:1.25) star [a:b:0.5] at 12:30"},
      {"generate", "--help"},
      {"generate", "x", "--size", "500x500"},
      {"generate", "x", "--RNG", "CPU"},
      {"generate", "x", "--rng", "NV", "--tiling", "both", "--checkpoint", "no-such-file"},
      {"lora", "extract", "a", "b", "--out", "c.safetensors", "--rank", "0"},
    };
    for (String[] call : calls) {
      Locale.setDefault(Locale.ENGLISH);
      CommandRun english = CommandRun.of(call);
      Locale.setDefault(Locale.forLanguageTag(tag));
      assertThat(CommandRun.of(call)).as(String.join(" ", call)).isEqualTo(english);
      assertThat(Locale.getDefault()).isEqualTo(Locale.forLanguageTag(tag));
    }
  }
}
