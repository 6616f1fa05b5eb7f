package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Tests the completion scripts for zsh and fish against the model of the commands. */
class ShellCompletionTest {
  private static final String ZSH = CommandRun.of("completion", "zsh").out();
  private static final String FISH = CommandRun.of("completion", "fish").out();

  private static Stream<CommandLine> commands() {
    return below(Sd.commandLine());
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return command.getSubcommands().values().stream()
        .distinct()
        .flatMap(sub -> Stream.concat(Stream.of(sub), below(sub)));
  }

  private static List<OptionSpec> options(CommandLine command) {
    return command.getCommandSpec().options().stream().filter(one -> !one.hidden()).toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void fish_everyCommand_hasItsOptions(CommandLine command) {
    String path = command.getCommandSpec().qualifiedName(" ");
    String last = command.getCommandName();
    assertThat(FISH).as(path).contains(" -a " + last + " -d '");
    List<String> lines =
        FISH.lines().filter(line -> line.contains("__fish_seen_subcommand_from " + last)).toList();
    for (OptionSpec option : options(command)) {
      String name = option.longestName().replaceAll("^-+", "");
      assertThat(lines).as(path).anyMatch(line -> line.contains(" -l " + name + " "));
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void zsh_everyCommand_hasItsOptions(CommandLine command) {
    String path = command.getCommandSpec().qualifiedName("_");
    int at = ZSH.indexOf("\n_" + path + "() {");
    assertThat(at).as(path).isPositive();
    String function = ZSH.substring(at, ZSH.indexOf("\n}\n", at));
    for (OptionSpec option : options(command)) {
      assertThat(function).as(path).contains("'").contains(option.longestName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zsh", "fish"})
  void script_quotes_arePaired(String shell) {
    assertThat(CommandRun.of("completion", shell).out().lines())
        .hasSizeGreaterThan(300)
        .allSatisfy(line -> assertThat(line.chars().filter(c -> c == '\'').count() % 2).isZero());
  }

  @Test
  void script_valuesOfEnums_areOffered() {
    assertThat(FISH)
        .contains(" -l rng -x -a 'nv cpu' -d ", " -l lora-mode -x -a 'auto patched overlay' -d ")
        .contains("__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n")
        .contains("Sampler, any of A1111’s, ");
    assertThat(ZSH)
        .containsPattern("--rng=\\[.*\\]:value:\\(nv cpu\\)'")
        .contains("'*:argument:(bash zsh fish)'", "'*:argument:_files'");
  }

  @Test
  void completion_unknownShell_isOneSentence() {
    CommandRun run = CommandRun.of("completion", "fsh");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("SHELL must be one of bash, zsh, fish: 'fsh'; did you mean 'fish' or 'zsh'?");
  }
}
