package dev.sdlora.infotext;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.setting.FlowKeys;
import dev.sdlora.infotext.key.HiresKeys;
import dev.sdlora.infotext.key.InfotextDraft;
import dev.sdlora.infotext.key.InfotextKeys;
import dev.sdlora.infotext.key.SettingsLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses {@link Infotext}. */
final class InfotextReader {
  static final String NEGATIVE_PROMPT = "Negative prompt:";

  /** The keys of the templates of a dynamic prompt and negative prompt. */
  static final List<String> TEMPLATES = List.of("Template", "Negative Template");

  static final int FEWEST_SETTINGS = 3;
  private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4}).*");

  /** Versions of Forge, which writes its own before A1111's. */
  private static final Pattern FORGE = Pattern.compile("f\\d|(?i:forge|neo)");

  /** Forge pads the texts of T5 to this many tokens. */
  private static final int FORGE_T5_TOKENS = 256;

  private InfotextReader() {}

  static PromptSpec read(String text) {
    return OtherProgram.ofText(text)
        .map(
            program ->
                program
                    .parameters(text, Optional.empty())
                    .orElseThrow(
                        () -> new IllegalArgumentException("the text " + program.sentence())))
        .map(InfotextReader::readA1111)
        .orElseGet(() -> readA1111(text));
  }

  private static PromptSpec readA1111(String text) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.strip().split("\n", -1)));
    InfotextDraft draft = new InfotextDraft();
    takeTemplates(lines, draft);
    int last = lines.size() - 1;
    SettingsLine settings = SettingsLine.parse(lines.get(last));
    if (settings.found() >= FEWEST_SETTINGS) {
      readPrompts(lines.subList(0, last), draft);
      readSettings(settings, text, draft);
    } else {
      readPrompts(lines, draft);
    }
    return draft.finish(settings);
  }

  /**
   * Removes the prompt templates that the sd-dynamic-prompts extension writes after the settings,
   * on lines of their own.
   */
  private static void takeTemplates(List<String> lines, InfotextDraft draft) {
    if (SettingsLine.parse(lines.get(lines.size() - 1)).found() >= FEWEST_SETTINGS
        && templateKey(lines.get(lines.size() - 1)).isEmpty()) {
      return;
    }
    for (int i = 1; i < lines.size(); i++) {
      if (templateKey(lines.get(i)).isPresent()
          && SettingsLine.parse(lines.get(i - 1)).found() >= FEWEST_SETTINGS) {
        List<String> behind = lines.subList(i, lines.size());
        keepTemplates(behind, draft);
        behind.clear();
        return;
      }
    }
  }

  private static void keepTemplates(List<String> lines, InfotextDraft draft) {
    String key = "";
    StringBuilder template = new StringBuilder();
    for (String line : lines) {
      Optional<String> next = templateKey(line);
      if (next.isPresent()) {
        key = next.get();
        template.setLength(0);
        template.append(line.substring(key.length() + 1).strip());
      } else {
        template.append('\n').append(line);
      }
      draft.keep(key, template.toString());
    }
  }

  private static Optional<String> templateKey(String line) {
    return TEMPLATES.stream().filter(key -> line.startsWith(key + ":")).findFirst();
  }

  private static void readPrompts(List<String> lines, InfotextDraft draft) {
    StringBuilder prompt = new StringBuilder();
    StringBuilder negative = new StringBuilder();
    StringBuilder target = prompt;
    for (String line : lines) {
      String content = line.strip();
      if (content.startsWith(NEGATIVE_PROMPT)) {
        target = negative;
        content = content.substring(NEGATIVE_PROMPT.length()).strip();
      }
      target.append(target.isEmpty() ? "" : "\n").append(content);
    }
    draft.spec.prompt(prompt.toString()).negativePrompt(negative.toString());
  }

  private static void readSettings(SettingsLine settings, String text, InfotextDraft draft) {
    if (HiresKeys.SIGNS.stream().anyMatch(settings.values()::containsKey)) {
      draft.hasHires();
    }
    settings.values().forEach((key, value) -> InfotextKeys.read(key, value, draft));
    if (settings.value("RNG").isEmpty()) {
      draft.keep("RNG", "GPU");
    }
    boolean isForge =
        settings.value("Version").map(version -> FORGE.matcher(version).lookingAt()).orElse(false);
    if (isForge && settings.value(FlowKeys.T5_TOKENS).isEmpty()) {
      draft.prompts.change(prompts -> prompts.withT5Tokens(FORGE_T5_TOKENS));
    }
    boolean mayEdit = text.contains("[");
    if (mayEdit && settings.value("Version").map(InfotextReader::isBefore16).orElse(false)) {
      draft.prompts.change(prompts -> prompts.withOldEditingTimelines(true));
    }
  }

  /** Numbers in prompt editing changed their meaning in A1111 1.6. */
  private static boolean isBefore16(String version) {
    Matcher numbers = VERSION.matcher(version.strip());
    return numbers.matches()
        && 100_000 * Integer.parseInt(numbers.group(1)) + Integer.parseInt(numbers.group(2))
            < 100_006;
  }
}
