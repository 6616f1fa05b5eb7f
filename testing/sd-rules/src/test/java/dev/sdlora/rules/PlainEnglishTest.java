package dev.sdlora.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The English of comments, messages and docs: a sentence defines the thing or says what the code
 * does. docs/glossary.md has the words.
 */
class PlainEnglishTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ""), "../..");

  /** Fragments such as "What all random numbers follow from", which means "Random seed". */
  private static final Pattern FRAGMENT = Pattern.compile("(What|How|Where|Which|Who|Whose|Of)\\b");

  private static final double MOST_FRAGMENTS = 0.005;

  private static final Pattern BANNED =
      Pattern.compile(
          "\\b(is told|are told|be told|tells of|told of|goes before|go before|passed over|in the"
              + " place of|is had|are had|beside)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Words of names that do not say what a method returns or a value is. */
  private static final Set<String> BANNED_IN_NAMES =
      Set.of(
          ("offer offers offered told untold heard said unsaid asked asking asks says telling tells"
                  + " look looks looking taste tastes cargo sentences news")
              .split(" "));

  /** The name after a type, which declares it; keywords are no types. */
  private static final Pattern DECLARED =
      Pattern.compile(
          "(?:\\b(?!(?:return|new|throw|else|case|instanceof|import|package|yield|assert|extends"
              + "|implements|permits|throws|static|final|public|private|protected|abstract)\\b)"
              + "[A-Za-z_]\\w*|[>\\]?]|\\.\\.\\.)\\s+([A-Za-z_]\\w*)\\s*(?=[(=;,):{<])");

  private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])");

  /** Strings, so that what looks like a comment in them is none; comments. */
  private static final Pattern PROSE =
      Pattern.compile(
          "\"\"\"[\\s\\S]*?\"\"\"|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\""
              + "|'(?:\\\\.|[^'\\\\\\n])[^'\\n]*+'|/\\*[\\s\\S]*?\\*/|//[^\\n]*");

  private static final Pattern NO_PROSE = Pattern.compile("\\{@\\w+ [^}]*\\}|@(param|see) +\\S+");

  @Test
  void javadoc_begins_withTheThingOrTheVerb() throws IOException {
    List<String> all = new ArrayList<>();
    List<String> fragments = new ArrayList<>();
    for (Path file : files(".java")) {
      for (String prose : prose(Files.readString(file))) {
        if (prose.startsWith("/**")) {
          String text = prose.substring(3).replaceAll("^[\\s*]+", "");
          all.add(text);
          if (FRAGMENT.matcher(text).lookingAt()) {
            fragments.add(ROOT.relativize(file) + ": " + text.lines().findFirst().orElse(""));
          }
        }
      }
    }
    assertThat(all).hasSizeGreaterThan(1000);
    assertThat((double) fragments.size() / all.size())
        .as("%s", fragments)
        .isLessThanOrEqualTo(MOST_FRAGMENTS);
  }

  @Test
  void proseOfJava_hasNoBannedPhrase() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(".java")) {
      for (String prose : prose(Files.readString(file))) {
        Matcher banned = BANNED.matcher(NO_PROSE.matcher(prose).replaceAll(""));
        while (!prose.startsWith("'") && prose.indexOf(' ') > 0 && banned.find()) {
          found.add(ROOT.relativize(file) + ": " + banned.group());
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void names_haveNoBannedWord() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(".java")) {
      String name = ROOT.relativize(file).toString().replace('\\', '/');
      if (name.contains("/src/main/")) {
        Matcher declared = DECLARED.matcher(PROSE.matcher(Files.readString(file)).replaceAll(" "));
        while (declared.find()) {
          if (hasBannedWord(declared.group(1))) {
            found.add(name + ": " + declared.group(1));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static boolean hasBannedWord(String name) {
    return WORD.matcher(name)
        .results()
        .anyMatch(word -> BANNED_IN_NAMES.contains(word.group().toLowerCase(Locale.ROOT)));
  }

  @Test
  void docs_haveNoBannedPhrase() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files(".md")) {
      Matcher banned = BANNED.matcher(Files.readString(file));
      while (banned.find()) {
        found.add(ROOT.relativize(file) + ": " + banned.group());
      }
    }
    assertThat(found).isEmpty();
  }

  private static List<String> prose(String source) {
    return PROSE.matcher(source).results().map(found -> found.group()).toList();
  }

  /** The files of the repository with an ending; this test and the glossary name the words. */
  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(file -> file.toString().endsWith(ending))
          .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\..+)/.*"))
          .filter(file -> !file.toString().contains("evidence"))
          .filter(file -> !file.endsWith("PlainEnglishTest.java"))
          .filter(file -> !file.endsWith("glossary.md"))
          .toList();
    }
  }
}
