package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionWordsTest {
  /** The repository: tests run in the folder of this module. */
  private static final Path ROOT = Path.of("..", "..");

  private static final List<String> MODULES =
      List.of("sd-api", "sd-prompt", "sd-lora", "sd-pipeline", "sd-models", "sd-training");

  /** The strings of a statement, joined: messages are written in several. */
  private static final Pattern TEXT =
      Pattern.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"(?:\\s*\\+\\s*\"(?:[^\"\\\\\\n]|\\\\.)*\")*");

  /** A method, a field of a class, or a class inside another. */
  private static final Pattern JAVA =
      Pattern.compile(
          "\\b[A-Z][A-Za-z]+\\.[a-z][A-Za-z]{3,}\\b(?!\\.)|\\b[a-z][A-Za-z]+\\([a-z]*\\)|\\w\\$[A-Z]");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LoRA 'a' is triggered by 'b', which is not in the prompt; addTriggerWords(true) or --trigger-words adds the first | LoRA 'a' is triggered by 'b', which is not in the prompt; --trigger-words adds the first
          'a' is a checkpoint, not a LoRA; open it with Checkpoint.open | 'a' is a checkpoint, not a LoRA; use it with --checkpoint
          the request has 7 masks, but RequestLimits.masks allows 5 | the request has 7 masks, but the limit is 5
          the library dev.sdlora:sd-onnx is missing; add it as a dependency | sd-onnx is missing from this installation; add its jars to its folder 'lib'
          cfgScale is 7.0, but this FLUX.1 model is distilled and made for cfgScale 1 | --cfg is 7.0, but this FLUX.1 model is distilled and made for --cfg 1
          the first pass of hires fix has no effect, because 2 steps at denoisingStrength 1.0 begin with pure noise; use more steps or a smaller denoisingStrength | the first pass of hires fix has no effect, because 2 steps at --hires-strength 1.0 begin with pure noise; use more steps or a smaller denoising strength
          embedding 'x' is not in any folder: there is no embedding directory | embedding 'x' is not in any folder: there is no embedding directory (--embedding-dir)
          refinerSwitch is 0.5, but the pipeline has no refiner; set one with Pipeline.builder().refiner(checkpoint), or remove the switch | --refiner-switch-at is 0.5, but the pipeline has no refiner; set one with --refiner, or remove the switch
          LoRA 'cfgScale' is not in /a/cfgScale.safetensors | LoRA 'cfgScale' is not in /a/cfgScale.safetensors
          """)
  void in_sentenceOfTheLibrary_namesOptions(String library, String terminal) {
    assertThat(OptionWords.in(library)).isEqualTo(terminal);
  }

  @Test
  void options_exist() throws IOException {
    String sources = sources(Path.of("src/main/java"));
    assertThat(OptionWords.options())
        .hasSizeGreaterThan(20)
        .allSatisfy(option -> assertThat(sources).contains("names = \"" + option + "\""));
  }

  /** Walks the messages of the library: none names Java in the terminal. */
  @Test
  void in_allMessagesOfTheLibrary_haveNoNamesOfJava() throws IOException {
    Set<String> settings =
        Arrays.stream(PromptSpec.Builder.class.getMethods())
            .map(Method::getName)
            .filter(name -> !name.equals(name.toLowerCase(Locale.ROOT)))
            .collect(Collectors.toSet());
    Pattern setting =
        Pattern.compile("(?<![\\w.'<])(" + String.join("|", settings) + ")(?![\\w'])");
    assertThat(settings).contains("cfgScale", "imageToImage");
    int translated = 0;
    for (String module : MODULES) {
      for (String message : messages(sources(ROOT.resolve(module).resolve("src/main/java")))) {
        String said = OptionWords.in(message);
        assertThat(JAVA.matcher(said).results().map(MatchResult::group))
            .as("%s: %s", module, message)
            .isEmpty();
        assertThat(setting.matcher(said).results().map(MatchResult::group))
            .as("%s: %s", module, message)
            .isEmpty();
        translated += said.equals(message) ? 0 : 1;
      }
    }
    assertThat(translated).isGreaterThan(25);
  }

  private static String sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).sorted().toList()) {
        all.append(Files.readString(file)).append('\n');
      }
      return all.toString();
    }
  }

  /** Returns the texts of sources that are sentences: at least four words in lower case. */
  private static List<String> messages(String sources) {
    String code = sources.replaceAll("(?m)^\\s*(\\*|//|/\\*).*$", "");
    return TEXT.matcher(code)
        .results()
        .map(found -> found.group().replaceAll("\"\\s*\\+\\s*\"", ""))
        .filter(text -> text.length() > 2)
        .map(text -> text.substring(1, text.length() - 1).replace("%s", "x"))
        .filter(text -> Pattern.compile("( [a-z]+\\b,?){3}").matcher(text).find())
        .filter(text -> !text.contains("\\n"))
        .toList();
  }
}
