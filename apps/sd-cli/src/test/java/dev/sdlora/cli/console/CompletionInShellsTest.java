package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sdlora.cli.CommandRun;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completes command lines in the shells themselves; skipped for those that are missing. */
class CompletionInShellsTest {
  @TempDir private Path folder;

  /** Writes the completion script and runs another one after it, which returns its output. */
  private List<String> run(String shell, String name, String script) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(bin -> Files.isExecutable(Path.of(bin, shell))),
        shell + " is missing");
    Files.writeString(folder.resolve(name), CommandRun.of("completion", shell).out());
    Process process =
        new ProcessBuilder(shell, Files.writeString(folder.resolve("test"), script).toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return lines("output");
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "generate --sampler 'DPM++\\ 2M\\ SDE\\ ' | DPM++ 2M SDE Heun",
        "generate --sampler 'DPM++\\ 3'           | DPM++ 3M SDE, DPM++ 3S",
        "generate --sampler = 'Euler\\ '          | Euler a",
        "generate --schedule S                    | SGM Uniform, Simple",
        "generate --detail-order P | Position (left to right), Position (center to edge)",
        "train --optimizer =                      | adamw, prodigy, lion, adafactor",
        "lora me                                  | merge",
        "lora merge --ra                          | --rank",
        "completion f                             | fish",
        "generate --out ''                        |"
      })
  void bash_wordsAreEscaped(String words, String expected) throws Exception {
    List<String> output =
        run(
            "bash",
            "sd.bash",
            """
            source ./sd.bash
            COMP_WORDS=(sd %s)
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _sd
            eval "printf '%%s\\n' ${COMPREPLY[*]:-''}"
            """
                .formatted(words));
    assertThat(output).containsExactly(expected == null ? new String[] {""} : expected.split(", "));
  }

  @Test
  void bash_openQuote_isKept() throws Exception {
    List<String> output =
        run(
            "bash",
            "sd.bash",
            """
            source ./sd.bash
            COMP_WORDS=(sd generate --sampler '"DPM++ 3')
            COMP_CWORD=3
            _sd
            printf '%s\\n' "${COMPREPLY[@]}"
            """);
    assertThat(output).containsExactly("DPM++ 3M SDE", "DPM++ 3S");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "generate --sampler DPM++\\ 3M         | DPM++ 3M SDE",
        "generate --sampler 'DPM++ 3M          | DPM++ 3M SDE",
        "generate --detail-order Ar            | Area (large to small)",
        "generate --schedule SG                | SGM Uniform"
      })
  void zsh_typedLine_isCompleted(String typed, String value) throws Exception {
    Files.writeString(folder.resolve("line"), "sd " + typed);
    run(
        "zsh",
        "_sd",
        """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'fpath=("$PWD" $fpath); autoload -U compinit; compinit -u -D'
        zpty -w shell 'sd() { print -rl -- "$@" > typed; exit }'
        zpty -w shell "$(<line)"$'\\t'
        while zpty -r shell out; do :; done
        """);
    assertThat(lines("typed")).endsWith(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "generate --sampler DPM++\\ 3 | DPM++ 3M SDE, DPM++ 3S",
        "generate --sampler \"DPM++ 3 | DPM++ 3M SDE, DPM++ 3S",
        "generate --schedule S        | SGM Uniform, Simple",
        "generate --detail-order P    | Position (center to edge), Position (left to right)",
        "generate --sampler=Euler\\ a | --sampler=Euler a"
      })
  void fish_values_areOffered(String typed, String expected) throws Exception {
    Files.writeString(folder.resolve("line"), "sd " + typed);
    List<String> output =
        run("fish", "sd.fish", "source ./sd.fish\ncomplete -C (cat line | string collect)\n");
    assertThat(output.stream().map(line -> line.split("\t", 2)[0]))
        .containsExactlyInAnyOrder(expected.split(", "));
  }
}
