package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Tests the command line without the engine: arguments, messages, exit codes, JSON. */
final class SdTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void generate_enumsInAnyCase_negativeNumbers_areUnderstood() {
    CommandRun run =
        CommandRun.of(
            ("generate --rng cpu --precision bfloat16 --seed -5 --sampler dpmpp_2m --schedule"
                    + " uniform --few-steps lightning:4 --guidance-range 0.1,0.8 --guidance-sigmas"
                    + " 0.3,5 --final-decoder vae --region left=0,0,.5,1 --region"
                    + " right=0.5,0,1,1 --region-blur 4 --size 128x64 --prompt @x --checkpoint"
                    + " no-such-file")
                .split(" "));
    assertThat(run.err()).isEqualTo("sd: checkpoint 'no-such-file' does not exist\n");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void generate_withoutPrompt_isBadUsage() {
    CommandRun run = CommandRun.of("generate");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--prompt");
  }

  @Test
  void generate_maskWithoutPicture_isBadUsage() {
    CommandRun run = CommandRun.of("generate", "--prompt", "x", "--mask", "m.png");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--init");
  }

  @Test
  void generate_regionOfNoPicture_isOneSentence() {
    CommandRun run = CommandRun.of("generate", "-p", "x <mask:face>", "--region", "face=no.png");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("sd: image file 'no.png' does not exist or is a folder\n");
    CommandRun blur = CommandRun.of("generate", "-p", "x", "--region-blur", "3");
    assertThat(blur.exitCode()).isEqualTo(2);
    assertThat(blur.err()).contains("--region-blur needs --region");
  }

  @Test
  void grid_badAxis_isNamedWithItsOption() {
    CommandRun run = CommandRun.of("grid", "--prompt", "x", "--x", "colour=1");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("sd: --x: ").contains("seed, steps");
  }

  @Test
  void generate_missingFolder_isMade() {
    Path out = folder.resolve("missing/a.png");
    CommandRun run =
        CommandRun.of(
            "upscale", "../../docs/badge.png", "--scale", "1", "--out", out.toString(), "--json");
    assertThat(run.err()).isEmpty();
    assertThat(out).exists();
  }

  @Test
  void generate_folderThatIsAFile_isFoundBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    String out = file.resolve("a.png").toString();
    CommandRun run = CommandRun.of("generate", "x", "--out", out, "--preview", out);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("sd: cannot write '%s': '%s' is not a folder%n".formatted(out, file));
  }

  @Test
  void failure_withStacktrace_showsIt() {
    CommandRun run = CommandRun.of("--stacktrace", "info", "no-such-file");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("sd: 'no-such-file' does not exist").contains("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "generate x --step 3            | unknown option '--step'; did you mean '--steps'?",
        "generate x --step=3            | unknown option '--step'; did you mean '--steps'?",
        "generate x --negative-prompt y | unknown option '--negative-prompt'; did you mean"
            + " '--negative'?",
        "generate x --cfg_scale 3       | unknown option '--cfg_scale'; did you mean '--cfg'?",
        "generate x --width 512         | unknown option '--width'; did you mean '--size'?",
        "generate x --zzz               | unknown option '--zzz'",
        "generate x -x 3                | unknown option '-x'",
        "generate x --hires-up Lanczos  | unknown option '--hires-up'; did you mean '--hires' or"
            + " '--hires-upscaler'?",
        "gnerate x                      | unknown command 'gnerate'; did you mean 'generate'?",
        "txt2img x                      | unknown command 'txt2img'",
        "lora lst                       | unknown command 'lst'; did you mean 'list'?",
        "upscale a.png b.png            | unexpected argument 'b.png'",
      })
  void unknownWord_isBadUsageWithASuggestion(String call, String sentence) {
    CommandRun run = CommandRun.of(call.split(" +"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(2).first().isEqualTo("sd: " + sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "generate ",
        "grid ",
        "upscale ",
        "train ",
        "get ",
        "info ",
        "prompt ",
        "completion ",
        "lora ",
        "lora list ",
        "lora info ",
        "lora effect ",
        "lora fit ",
        "lora conflicts ",
        "checkpoint ",
        "checkpoint distance ",
        "checkpoint merge "
      })
  void help_everywhere(String command) {
    CommandRun run = CommandRun.of((command + "--help").split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: sd").contains("--stacktrace", "--version");
  }

  @Test
  void generateHelp_examplesFirst_thenTheCommonOptionsInGroups() {
    String help = CommandRun.of("generate", "--help").out();
    assertThat(help)
        .containsSubsequence(
            "Usage: sd generate [OPTIONS] PROMPT",
            "Examples:",
            "sd generate \"a red star",
            "Prompt and image:",
            "-n, --negative=TEXT",
            "--seed=N",
            "Image-to-image and inpainting:",
            "--init=FILE",
            "Hires fix:",
            "--hires=",
            "Model and folders:",
            "--checkpoint=PATH",
            "Output:",
            "-o, --out=FILE",
            "Options:",
            "--json",
            "--version",
            "sd generate --help-all lists all ")
        .doesNotContain("--s-churn", "--hires-upscaler", "--preview-decoder", "Seed variation");
    assertThat(help.lines().filter(line -> line.matches(" +(-., )?--.*")))
        .as("20 of its own, and --json, --stacktrace and so on")
        .hasSizeBetween(20, 25);
  }

  @Test
  void generateHelpAll_hasAllOptions() {
    String help = CommandRun.of("generate", "--help-all").out();
    assertThat(help).contains("Seed variation:").doesNotContain("lists all");
    CommandLine generate = Sd.commandLine().getSubcommands().get("generate");
    assertThat(Objects.requireNonNull(generate).getCommandSpec().options())
        .hasSizeGreaterThan(100)
        .allSatisfy(
            option ->
                assertThat(help.replace("--[no-]", "--"))
                    .containsPattern(option.longestName() + "[=\\s]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "lora", "checkpoint"})
  void commandWithSubcommandsOnly_showsItsHelp(String command) {
    CommandRun run = CommandRun.of(command.isEmpty() ? new String[0] : new String[] {command});
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo(CommandRun.of((command + " --help").strip().split(" ")).out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate -p x -o a.webp                  | --out must end in .png, .jpg or .jpeg:"
            + " a.webp",
        "generate red star -n blue -o a.webp      | --out must end in .png, .jpg or .jpeg:"
            + " a.webp",
        "generate red star -p blue                | the prompt is given twice, by --prompt and as"
            + " 'red star'",
        "generate x --lora gone.safetensors:0.8   | LoRA 'gone.safetensors' does not exist",
        "generate x --lora zorb                   | did you mean 'zorp'?",
        "generate x --lora zorp:1.2.3             | 'zorp:1.2.3' has no valid weight; expected"
            + " LORA[:WEIGHT]",
        "generate x --lora zorp:0.8 -o a.webp     | --out must end in .png, .jpg or .jpeg:"
            + " a.webp",
        "upscale a.png --scale 9                  | --scale must be from 1 to 8: 9.0",
        "train none --trigger cat -o a.safetensors | 'none' is missing, expected a folder with"
            + " images",
        "train none -o a.safetensors              | 'none' is missing, expected a folder with"
            + " images",
        "train -o a.safetensors                   | missing IMAGES, a folder with images, or"
            + " --slider TARGET",
      })
  void shortForms_areUnderstood(String call, String sentence) {
    CommandRun run = CommandRun.of(call.split(" +"));
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err()).contains(sentence).doesNotContain("unexpected");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate x --steps             | --steps needs a value: 1..1000",
        "generate x --size --steps 3    | --size needs a value: WxH",
        "train                          | missing --out=FILE",
        "batch a.jsonl                  | missing --out=DIR",
        "upscale                        | missing FILE",
      })
  void missingValue_isBadUsageInOneSentence(String call, String sentence) {
    CommandRun run = CommandRun.of(call.split(" +"));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(2).first().isEqualTo("sd: " + sentence);
  }

  @Test
  void wildcardDirectory_missing_isRefusedWhateverThePrompt() {
    CommandRun run = CommandRun.of("generate", "x", "--wildcard-dir", "nope");
    assertThat(run.err()).startsWith("sd: wildcard directory 'nope' does not exist");
  }

  @Test
  void style_unknown_isAnsweredWithTheNearest() throws IOException {
    Path styles = folder.resolve("styles.csv");
    Files.writeString(styles, "name,prompt,negative_prompt\nloud,a,\nquiet,b,\n");
    String given = "generate x --styles " + styles + " --style ";
    assertThat(CommandRun.of((given + "luod").split(" ")).err())
        .startsWith("sd: --style: unknown style 'luod' in " + styles + "; did you mean 'loud'?");
    assertThat(CommandRun.of((given + "oil").split(" ")).err())
        .startsWith("sd: --style: unknown style 'oil' in " + styles + ", which has loud, quiet");
  }

  @Test
  void bundledLoras_areKnownByName() {
    assertThat(CommandRun.of("lora", "list").out().lines())
        .anySatisfy(line -> assertThat(line).matches("noto .* 0\\.6 .*Noto emoji\\."))
        .anySatisfy(line -> assertThat(line).startsWith("zorp"));
    assertThat(CommandRun.of("lora", "list", "--json").out())
        .contains("\"preferredWeight\":0.5,\"description\":\"Black ink over");
    assertThat(CommandRun.of("lora", "info", "noto").out())
        .contains("description: Rounder", "weight: 0.6", "tag: <lora:noto:0.6>");
    assertThat(CommandRun.of("lora", "info", "zorp").out()).contains("name: zorp");
    CommandRun run = CommandRun.of("lora", "effect", "zorp", "--checkpoint", "no-such-file");
    assertThat(run.err()).isEqualTo("sd: checkpoint 'no-such-file' does not exist\n");
  }

  @Test
  void completion_knowsCommandsAndOptions() {
    CommandRun run = CommandRun.of("completion");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("#!/usr/bin/env bash")
        .contains("generate", "train", "'--negative'", "'--hires-upscaler'", "complete -F");
  }

  @Test
  void generateHelp_defaultsAreThoseOfTheLibrary() {
    PromptSpec defaults = PromptSpec.builder().build();
    String help = CommandRun.of("generate", "--help-all").out().replaceAll("\\s+", " ");
    assertThat(help)
        .contains("Default: the model's own, else " + defaults.steps() + ".")
        .contains("Default: the model's own, else " + defaults.sampler().label() + ".")
        .contains("Default: " + defaults.schedule().label())
        .contains("Default: the model's own, else " + (int) defaults.cfgScale() + ".")
        .contains("Default: auto.", "Default: out.png.", "Default: nv.");
  }

  @Test
  void prompt_json_hasTextNetworksAttentionAndTokens() throws IOException {
    JsonNode json =
        JSON.readTree(CommandRun.of("prompt", "a (cät:1.5) <lora:ink:0.8>", "--json").out());
    assertThat(json.get("text").asText()).isEqualTo("a (cät:1.5) ");
    assertThat(json.at("/networks/lora/0/positional/1").asText()).isEqualTo("0.8");
    assertThat(json.get("attention").toString()).startsWith("[[\"a \",1.0],[\"cät\",1.5]");
    assertThat(json.get("tokens").get(0)).hasSize(77);
    assertThat(json.at("/tokens/0/1/id").asInt()).isEqualTo(320);
  }

  @Test
  void prompt_json_hasPartsSchedulesAndWarnings() throws IOException {
    JsonNode json =
        JSON.readTree(
            CommandRun.of("prompt", "--json", "--steps=8", "--hires-steps=4", "[a:b:0.5] AND c:2")
                .out());
    assertThat(json.get("and")).hasToString("[[\"[a:b:0.5]\",1.0],[\" c\",2.0]]");
    assertThat(json.get("schedule")).hasToString("[[[4,\"a\"],[8,\"b\"]],[[8,\" c\"]]]");
    assertThat(json.get("hires")).hasToString("[[[4,\"b\"]],[[4,\" c\"]]]");
    assertThat(json.get("texts")).hasSize(3);
    assertThat(CommandRun.of("prompt", "at 12:30").out())
        .contains("warning: the trailing ':30' at character 5 is an AND weight in A1111");
  }

  @Test
  void prompt_loraFolder_warnsOfMissingTriggerWords() {
    String loras = BundledModel.loras().toString();
    CommandRun run = CommandRun.of("prompt", "a star <lora:zorp:1>", "--lora-dir", loras);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("warning: LoRA 'zorp' is triggered by 'zorp'", "; --trigger-words adds the first")
        .doesNotContain("addTriggerWords");
    assertThat(CommandRun.of("prompt", "a star <lora:zorp:1>", "--lora-dir", loras, "--json").out())
        .contains("--trigger-words")
        .doesNotContain("addTriggerWords");
    assertThat(CommandRun.of("prompt", "a zorp <lora:zorp:1>", "--lora-dir", loras).out())
        .doesNotContain("warning");
  }

  @Test
  void prompt_strict_pointsAtTheMistake() {
    CommandRun run = CommandRun.of("prompt", "--strict", "a (b:1.2.3)");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("  a (b:1.2.3)\n    ^");
  }

  @Test
  void prompt_file_oneLineForEach_mistakesIncluded() throws IOException {
    Path file = folder.resolve("prompts.json");
    Files.writeString(file, "[\"one\", \"<lora:ink:heavy>\", \"three\"]");
    CommandRun run = CommandRun.of("prompt", "--file", file.toString(), "--json", "--strict");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(JSON.readTree(lines.get(1)).has("error")).isTrue();
    assertThat(JSON.readTree(lines.get(2)).get("text").asText()).isEqualTo("three");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void prompt_file_mistakes_areInTheWordsOfTheTerminal() throws IOException {
    Path file = folder.resolve("long.json");
    Files.writeString(file, "[\"" + "a ".repeat(60_000) + "\"]");
    for (String json : List.of("--json", "--strict")) {
      CommandRun run = CommandRun.of("prompt", "--file", file.toString(), json);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out() + run.err()).contains("the limit is").doesNotContain("PromptLimits");
    }
  }

  @Test
  void info_tellsCheckpointFromLora() throws IOException {
    Path lora = BundledModel.loras().resolve("ink_lines.safetensors");
    CommandRun run =
        CommandRun.of("info", "--json", BundledModel.checkpoint().toString(), lora.toString());
    List<String> lines = run.out().lines().toList();
    assertThat(JSON.readTree(lines.get(0)).get("kind").asText()).isEqualTo("checkpoint");
    assertThat(JSON.readTree(lines.get(0)).get("family").asText()).isEqualTo("SD 1.x");
    assertThat(JSON.readTree(lines.get(1)).get("kind").asText()).isEqualTo("lora");
    assertThat(JSON.readTree(lines.get(1)).get("modules").asInt()).isPositive();
  }

  @Test
  void info_embedding_tellsVectorsAndFamily() throws IOException {
    Path path = folder.resolve("easy.safetensors");
    new SafetensorsWriter()
        .tensor("clip_l", List.of(2L, 768L), new float[2 * 768], DType.F16)
        .tensor("clip_g", List.of(2L, 1280L), new float[2 * 1280], DType.F16)
        .write(path);
    JsonNode json = JSON.readTree(CommandRun.of("info", "--json", path.toString()).out());
    assertThat(json.get("kind").asText()).isEqualTo("embedding");
    assertThat(json.get("family").asText()).isEqualTo("SDXL");
    assertThat(json.get("vectors").asInt()).isEqualTo(2);
    assertThat(json.get("hash").asText()).hasSize(12);
    assertThat(CommandRun.of("info", path.toString()).out()).contains("widths: [768,1280]");
  }

  @Test
  void loraList_namesLorasAndUnreadableFiles() throws IOException {
    Files.copy(
        BundledModel.loras().resolve("ink_lines.safetensors"), folder.resolve("a.safetensors"));
    Files.writeString(folder.resolve("b.safetensors"), "<!DOCTYPE html><html>not found</html>");
    JsonNode json = JSON.readTree(CommandRun.of("lora", "list", folder.toString(), "--json").out());
    assertThat(json.at("/loras/0/name").asText()).isEqualTo("a");
    assertThat(json.at("/loras/0/rank").asInt()).isPositive();
    assertThat(json.at("/unreadable/0/path").asText()).endsWith("b.safetensors");
  }

  @Test
  void loraList_withQuestions_answersOnlyThem() throws IOException {
    String loras = BundledModel.loras().toString();
    Files.writeString(folder.resolve("b.safetensors"), "<!DOCTYPE html><html>not found</html>");
    JsonNode json =
        JSON.readTree(
            CommandRun.of(
                    "lora",
                    "list",
                    loras,
                    folder.toString(),
                    "--trigger",
                    "ZORP",
                    "--family",
                    "sd1",
                    "--triggers",
                    "--json")
                .out());
    assertThat(json.get("loras")).hasSize(1);
    assertThat(json.at("/loras/0/name").asText()).isEqualTo("zorp");
    assertThat(json.at("/loras/0/triggerWords/0").asText()).isEqualTo("zorp");
    assertThat(json.at("/loras/0/kinds").toString()).contains("LoRA");
    assertThat(json.get("unreadable")).isEmpty();
    assertThat(CommandRun.of("lora", "list", loras, "--family", "sdxl").out().lines()).hasSize(1);
    assertThat(CommandRun.of("lora", "list", loras, "--family", "sd9").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("lora", "list", loras, "--trigger", " ").exitCode()).isEqualTo(2);
  }

  @Test
  void loraList_text_isATable() {
    CommandRun run =
        CommandRun.of("lora", "list", BundledModel.loras().toString(), "--text", "ink");
    assertThat(run.exitCode()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("NAME").contains("FAMILY", "KIND", "RANK");
    assertThat(lines.get(1)).startsWith("ink_lines  SD 1.x");
  }

  @Test
  void loraInfo_nameInAFolder_tellsWhatIsKnown() throws IOException {
    String[] arguments = {"lora", "info", "zorp", "--lora-dir", BundledModel.loras().toString()};
    String text = CommandRun.of(arguments).out();
    assertThat(text)
        .contains("name: zorp", "family: SD 1.x", "activation text: zorp", "trained at: 128x128")
        .contains("AutoV2: ", "AutoV3: ", "(U-Net ")
        .doesNotContain("MODULE ");

    arguments = Arrays.copyOf(arguments, arguments.length + 1);
    arguments[arguments.length - 1] = "--json";
    JsonNode json = JSON.readTree(CommandRun.of(arguments).out());
    assertThat(json.at("/hashes/autoV3").asText()).hasSize(12);
    assertThat(json.at("/modules/0/rank").asInt()).isPositive();
    assertThat(json.get("modules").size()).isEqualTo(json.at("/modulesByPart/U-Net").asInt());
    assertThat(json.at("/training/resolution").asText()).isEqualTo("128x128");
  }

  @Test
  void loraInfo_unknown_isOneSentence() {
    CommandRun file = CommandRun.of("lora", "info", "no-such-file");
    assertThat(file.exitCode()).isEqualTo(1);
    assertThat(file.err())
        .startsWith("sd: LoRA 'no-such-file' does not exist; expected a file or a bundled LoRA: ");
    CommandRun name =
        CommandRun.of("lora", "info", "zorb", "--lora-dir", BundledModel.loras().toString());
    assertThat(name.exitCode()).isEqualTo(1);
    assertThat(name.err()).contains("did you mean 'zorp'?");
  }

  @Test
  void loraEffect_badCalls_areFoundBeforeTheWork() {
    String lora = BundledModel.loras().resolve("ink_lines.safetensors").toString();
    assertThat(CommandRun.of("lora", "effect", lora, "--strength", "NaN").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("lora", "effect").exitCode()).isEqualTo(2);
    CommandRun run = CommandRun.of("lora", "effect", lora, "--checkpoint", "no-such-file");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("sd: checkpoint 'no-such-file' does not exist\n");
  }
}
