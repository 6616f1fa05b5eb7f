package dev.sdlora.cli.console;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The completion script for bash, which also runs in bash 3.2 of macOS. */
final class BashCompletion {
  private static final String START =
      """
      #!/usr/bin/env bash
      _%1$s() {
        local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
        local command=%1$s quote='' each
        local -a words=()
        COMPREPLY=()
        for each in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
          case "$command $each" in
            %2$s) command+=" $each" ;;
          esac
        done
        # The equals sign of --option=value is a word.
        if [[ $word == '=' ]]; then
          word=''
        elif [[ $option == '=' ]]; then
          option=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        case "$command $option" in
      """;

  private static final String END =
      """
          esac ;;
        esac
        if [[ $word == [\\'\\"]* ]]; then
          quote=${word:0:1}
          word=${word:1}
        else
          word=${word//\\\\/}
        fi
        for each in "${words[@]}"; do
          if [[ $each == "$word"* ]]; then
            if [[ ! $quote ]]; then
              printf -v each %%q "$each"
            fi
            COMPREPLY+=("$each")
          fi
        done
      }
      complete -F _%1$s -o default %1$s
      """;

  private final StringBuilder values = new StringBuilder();
  private final StringBuilder words = new StringBuilder();
  private final List<String> paths = new ArrayList<>();

  private BashCompletion() {}

  static String script(CommandLine root) {
    String name = root.getCommandName();
    BashCompletion script = new BashCompletion();
    script.add(root, name);
    return START.formatted(name, String.join(" | ", script.paths))
        + script.values
        + "    *) case $command in\n"
        + script.words
        + END.formatted(name);
  }

  private void add(CommandLine command, String path) {
    List<String> names = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (OptionSpec option : Shell.options(command)) {
      names.addAll(List.of(option.names()));
      if (option.arity().max() > 0) {
        List<String> paths =
            Stream.of(option.names()).map(name -> quoted(path + " " + name)).toList();
        if (Shell.values(option).isEmpty()) {
          files.addAll(paths);
        } else {
          values.append(
              "    %s) words=(%s) ;;\n"
                  .formatted(String.join(" | ", paths), quoted(Shell.values(option))));
        }
      }
    }
    if (!files.isEmpty()) {
      values.append("    %s) return ;;\n".formatted(String.join(" | ", files)));
    }
    boolean takesFiles =
        !command.getCommandSpec().positionalParameters().isEmpty()
            && Shell.argumentValues(command).isEmpty();
    Stream<String> others =
        Stream.of(
                command.getSubcommands().keySet().stream(),
                Shell.argumentValues(command).stream(),
                names.stream())
            .flatMap(stream -> stream);
    words.append(
        "      %s) %swords=(%s) ;;\n"
            .formatted(
                quoted(path), takesFiles ? "[[ $word == -* ]] && " : "", quoted(others.toList())));
    command
        .getSubcommands()
        .forEach(
            (name, sub) -> {
              paths.add(quoted(path + " " + name));
              add(sub, path + " " + name);
            });
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(BashCompletion::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
