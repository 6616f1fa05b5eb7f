package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ITypeInfo;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Tests that an invalid value gives one sentence that names the option as typed, without Java
 * terms.
 */
final class OptionValuesTest {
  /** Options that accept any whole number as a seed. */
  private static final Set<String> ANY_NUMBER = Set.of("--seed", "--variation-seed", "--ensd");

  /** Returns all options of all commands with values other than plain text. */
  static Stream<Arguments> typed() {
    return options(Sd.commandLine(), List.of()).filter(o -> !isText(type((OptionSpec) o.get()[1])));
  }

  private static Stream<Arguments> options(CommandLine command, List<String> path) {
    Stream<Arguments> own =
        command.getCommandSpec().options().stream()
            .filter(option -> !option.inherited() && option.arity().max() > 0)
            .map(option -> Arguments.of(String.join(" ", path), option));
    Stream<Arguments> below =
        command.getSubcommands().entrySet().stream()
            .flatMap(
                sub -> {
                  List<String> longer = new ArrayList<>(path);
                  longer.add(sub.getKey());
                  return options(sub.getValue(), longer);
                });
    return Stream.concat(own, below);
  }

  private static ITypeInfo type(OptionSpec option) {
    List<ITypeInfo> inner = option.typeInfo().getAuxiliaryTypeInfos();
    return inner.isEmpty() ? option.typeInfo() : inner.get(0);
  }

  private static boolean isText(ITypeInfo type) {
    return Set.of("String", "Path").contains(type.getClassSimpleName());
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("typed")
  void valueOfAnotherKind_isOneSentenceWithTheOption(String command, OptionSpec option) {
    assertRefused(command, option.longestName(), "?!");
  }

  /** Not even root creates files in /proc. */
  @ParameterizedTest
  @EnabledOnOs(OS.LINUX)
  @CsvSource({
    "generate x --out /proc/a.png,/proc/a.png",
    "generate x --out a.png --preview /proc/b.png,/proc/b.png",
  })
  void folderThatCannotBeWritten_isRefusedBeforeDrawing(String line, String file) {
    CommandRun run = CommandRun.of(line.split(" "));
    assertThat(run.err())
        .isEqualTo(
            "sd: cannot write '%s': its folder '/proc' is not writable (no such file or folder)\n"
                .formatted(file));
  }

  static Stream<Arguments> numbersOfGenerate() {
    return typed()
        .filter(o -> o.get()[0].equals("generate"))
        .filter(
            o ->
                Set.of("Integer", "Long", "Double")
                    .contains(type((OptionSpec) o.get()[1]).getClassSimpleName()));
  }

  @ParameterizedTest
  @MethodSource("numbersOfGenerate")
  void numberOutOfRange_isOneSentenceWithTheOption(String command, OptionSpec option) {
    String name = option.longestName();
    if (ANY_NUMBER.contains(name)) {
      String call = command + " x --variation-strength 0.1 --checkpoint no-such-file " + name;
      CommandRun run = CommandRun.of((call + " -1000000").split(" "));
      assertThat(run.err()).isEqualTo("sd: checkpoint 'no-such-file' does not exist\n");
    } else {
      assertRefused(command + " x", name, "-1000000");
    }
  }

  private static void assertRefused(String command, String option, String value) {
    CommandRun run = CommandRun.of((command + " " + option + "=" + value).split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("sd: " + option)
        .doesNotContain("java.", "Exception", "Invalid value")
        .doesNotContainPattern("\\b[a-z]+[A-Z]");
    assertThat(run.err()).contains("Try 'sd ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--size 500x500       | --size: width must be a positive multiple of 8: 500",
        "--size big           | --size must be WIDTHxHEIGHT in pixels, such as 512x768: 'big'",
        "--steps 0            | --steps must be from 1 to 1000: 0",
        "--steps many         | --steps must be a whole number: 'many'",
        "--steps 9999999999   | --steps must be from -2147483648 to 2147483647: 9999999999",
        "--cfg -3             | --cfg must be finite and not negative: -3.0",
        "--cfg 7,5            | --cfg must be a number such as 0.8: '7,5'",
        "--images 0           | --images must be at least 1: 0",
        "--clip-skip 13       | --clip-skip must be from 1 to 12: 13",
        "--rng gpu            | --rng must be one of nv, cpu: 'gpu'",
        "--hires 9            | --hires must be from 1 to 8: 9.0",
        "--hires big          | --hires must be a factor such as 2, or WIDTHxHEIGHT in pixels:"
            + " 'big'",
        "--hires 2 --hires-strength 2 | --hires-strength must be from 0 to 1: 2.0",
        "--skip-layers 7,x    | --skip-layers must be whole numbers separated by commas, or none:"
            + " '7,x'",
        "--skip-layers -1     | --skip-layers must be from 0 to 999: [-1]",
        "--hires 2 --hires-cfg -1 | --hires-cfg must be finite and not negative: -1.0",
        "--sampler magic      | --sampler: sampler 'magic' is unknown",
        "--schedule magic     | --schedule: schedule 'magic' is unknown",
        "--few-steps warp     | --few-steps: few-step method 'warp' is unknown",
        "--few-steps pcm:x    | --few-steps must be a method and a number of steps",
        "--few-steps turbo:8  | --few-steps: Turbo is made for 1 to 4 steps: 8",
        "--guidance-range 0.5 | --guidance-range must be two numbers separated by a comma:"
            + " '0.5'",
        "--guidance-range 0,x | --guidance-range must be two numbers separated by a comma:"
            + " '0,x'",
        "--guidance-range 0.8,0.2 | --guidance-range: guidance start must be from 0 to its end:"
            + " 0.8",
        "--guidance-sigmas 5,1 | --guidance-sigmas: highest guided sigma must not be below",
        "--crop 1.5,2         | --crop must be whole numbers of pixels: 1.5",
        "--crop 5             | --crop must be two numbers separated by a comma: '5'",
        "--original-size 5    | --original-size must be WIDTHxHEIGHT in pixels",
        "--aesthetic-scores 5,x | --aesthetic-scores must be two numbers",
        "--region left        | --region must be NAME=FILE or NAME=left,top,right,bottom: 'left'",
        "--region l:r=0,0,1,1 | --region: the name of a mask must be letters, digits",
        "--region left=0.5,0,0.5,1 | --region: a rectangle must have left < right",
        "--region left=0,0,2,1 | --region: right must be from 0 to 1: 2.0",
        "--region l=0,0,1,1 --region-blur 300 | --region-blur must be from 0 to 256: 300",
        "--control a,b,c,d    | --control must be"
            + " NETWORK[:union=TYPE],[PREPROCESSOR:]IMAGE[,WEIGHT[,START,END]]: 'a,b,c,d'",
        "--lora-curve ink     | --lora-curve must be NAME=POINTS",
        "--device tpu         | --device must be auto, cpu, mps",
        "--ip-adapter a --image-prompt a.png:1,2 | --image-prompt must be"
            + " IMAGE[:WEIGHT[,START,END][:TYPE]][:scaling=SCALING][:mask=REGION]: 'a.png:1,2'",
        "--ip-adapter a --image-prompt a.png:1,.8,.2 | --image-prompt: image prompt end must be"
            + " from 0.8 to 1: 0.2",
        "--ip-adapter a --image-prompt a.png:mask=left | --image-prompt: region 'left' is unknown;"
            + " name one by --region left=MASK",
        "--detail face:2      | --detail: the strength must be from 0 to 1: 2.0",
        "--detail-prompt b    | --detail-prompt needs --detail NAME",
        "--variant a/b        | --variant must be letters, digits, '_' and '-', such as fp16:"
            + " 'a/b'",
        "--out a.webp         | --out must end in .png, .jpg or .jpeg: a.webp",
        "--preview p.jpg      | --preview must end in .png: p.jpg",
        "--steps 3 --steps 4  | --steps is given twice",
        "--init ../../docs/badge.png --hires 2 | --hires and --init cannot be combined",
        "--final-decoder taesd | --final-decoder needs --preview-decoder FILE",
        "--reference ../../docs/badge.png --reference ../../docs/badge.png --reference"
            + " ../../docs/badge.png --reference ../../docs/badge.png --reference"
            + " ../../docs/badge.png | --reference: a request can have at most 4 reference images",
        "--strength 0.5       | --strength needs --init FILE",
        "--mask m.png         | --mask needs --init FILE",
        "--hires-steps 5      | --hires-steps needs --hires FACTOR",
        "--region-blur 3      | --region-blur needs --region NAME=MASK",
        "--batch-size 3       | --batch-size needs --no-exact-batches",
        "--variation-seed 3   | --variation-seed needs --variation-strength 0..1",
        "--seed-resize-from 999992x999992 | --seed-resize-from must have at most 67108864 pixels,"
            + " such as 8192x8192: 999992x999992",
        "--refiner-by-steps   | --refiner-by-steps needs --refiner PATH",
        "--get                | --get needs --from FILE",
      })
  void generate_badValue_isNamedWithItsOption(String options, String sentence) {
    CommandRun run = CommandRun.of(("generate x " + options).split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("sd: " + sentence).endsWith("Try 'sd generate --help'.\n");
    assertThat(run.err().lines()).hasSize(2);
  }
}
