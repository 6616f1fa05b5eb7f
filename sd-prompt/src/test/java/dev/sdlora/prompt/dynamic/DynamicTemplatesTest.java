package dev.sdlora.prompt.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.PromptSyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicTemplatesTest {
  private static final Map<String, List<String>> FILES =
      new TreeMap<>(
          Map.of(
              "season", List.of("summer", "{autumn|fall}"),
              "colors/warm", List.of("red", "yellow"),
              "colors/cold", List.of("blue"),
              "place", List.of("__season__ in town"),
              "empty", List.of(),
              "a", List.of("x", "__b__"),
              "b", List.of("y", "z __a__"),
              "self", List.of("plain", "__self__"),
              "broken", List.of("{x"),
              "greeting", List.of("${who:nobody} says ${word}")));

  static {
    FILES.put("style", List.of("ink, ..., black", "oil of ..."));
    FILES.put("odd (name)", List.of("odd"));
    FILES.put("loop", List.of("__${x:loop}__"));
  }

  private static final Wildcards WILDCARDS =
      new Wildcards() {
        @Override
        public List<String> matching(String pattern) {
          String regex =
              pattern
                  .replaceAll("[()]", ".")
                  .replace("**", ".+")
                  .replaceAll("(?<!\\.)\\*", "[^/]*");
          List<String> names = FILES.keySet().stream().filter(n -> n.matches(regex)).toList();
          if (names.isEmpty()) {
            throw new PromptSyntaxException("no wildcard " + pattern, 0);
          }
          return names;
        }

        @Override
        public List<String> lines(String name) {
          return FILES.getOrDefault(name, List.of());
        }
      };

  private static String draw(String template, long seed) {
    return new DynamicTemplates(WILDCARDS, PromptLimits.DEFAULTS).draw(template, seed, false);
  }

  private static Set<String> all(String template) {
    return LongStream.range(0, 400)
        .mapToObj(seed -> draw(template, seed))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          a cat, (b:1.2), [c|d], <lora:x_y:1>;a cat, (b:1.2), [c|d], <lora:x_y:1>
          {a|b};a/b
          x{a|b|c}y;xay/xby/xcy
          {a|};/a
          { a |b};' a /b'
          {a};a
          {};''
          {2$$a|b|c};a,b/a,c/b,a/b,c/c,a/c,b
          {2$$ and $$a|b};a and b/b and a
          {1-2$$ and $$a|b};a/a and b/b/b and a
          {-2$$a|b};a/a,b/b/b,a
          {1-$$ $$a|b};a/a b/b/b a
          {0-1$$a};/a
          {4$$a|b};a,b/b,a
          {2$$$$a|b};ab/ba
          {0::a|b};b
          {0.5::a|.5::b};a/b
          {~a|b};a/b
          {a {b|c}|d};a b/a c/d
          {2$${a|b}|{c|d}};a,c/a,d/b,c/b,d/c,a/c,b/d,a/d,b
          __season__;autumn/fall/summer
          __colors/warm__;red/yellow
          __colors/*__;blue/red/yellow
          __c**m__ __~colors/cold__;red blue/yellow blue
          {2$$__colors/*__};blue,red/blue,yellow/red,blue/red,yellow/yellow,blue/yellow,red
          {9$$__colors/warm__};red,yellow/yellow,red
          __place__;autumn in town/fall in town/summer in town
          snake_case __init;snake_case __init
          ${x={a|b}}${x}${x};aa/ab/ba/bb
          ${x=!{a|b}}${x}${x};aa/bb
          ${x=!a}${x?=b}${x};a
          ${x?=b}${x};b
          ${x:{a|b}};a/b
          ${who=!ann} ${word=hi}__greeting__;' ann says hi'
          ${word=hi}__greeting__;nobody says hi
          \\{a\\|b\\} \\$ \\__season\\__ \\(c\\);{a|b} $ __season__ \\(c\\)
          a # {b|c;'a '
          $5 and $$;$5 and $$
          {2$$|$$a|b};a|b/b|a
          %{a ... b$$c};a c b
          %{{x|y} .... z, …$${p|q}};x p z, p/x q z, q/y p z, p/y q z, q
          %{__style__$$__colors/cold__};ink, blue, black/oil of blue
          {%{(...:1.2)$$a}|b};(a:1.2)/b
          \\%{a|b};%a/%b
          100%, {a|b};100%, a/100%, b
          __greeting(word=hi)__;nobody says hi
          __greeting(who=ann, word=good day)__;ann says good day
          __greeting( who = ann, word=hi)__;ann says hi
          ${word=x}__greeting(word=hi)__ ${word};nobody says hi x
          ${word={a|b}}__greeting(word=${word}!)__;nobody says a!/nobody says b!
          {2$$ & $$__colors/cold(a=b)__|__greeting(word=hi)__};blue & nobody says hi/nobody says hi & blue
          ${x=cold}__colors/${x}__;blue
          __colors/{cold|warm}__;blue/red/yellow
          __colors/${x:warm}(a=b)__;red/yellow
          __odd (name)__;odd
          ${x=a}${x} ${x=b};'b '
          __sea${x:so}n__ _ __init;autumn _ __init/fall _ __init/summer _ __init
          """)
  void draw_overManySeeds_isExactlyWhatTheTemplateMeans(String template, String expected) {
    String written = template.replace("\\\\", "\\");
    assertThat(all(written))
        .isEqualTo(new TreeSet<>(Arrays.asList(expected.replace("\\\\", "\\").split("/", -1))));
  }

  @Test
  void draw_comments_hideNothingBehindTheirLine() {
    assertThat(all("{a # or|more\n|b} c")).isEqualTo(new TreeSet<>(List.of("a \n c", "b c")));
    assertThat(all("# {x|\na")).isEqualTo(new TreeSet<>(List.of("\na")));
  }

  @Test
  void draw_weights_areShares() {
    long chosen =
        LongStream.range(0, 10_000).filter(seed -> draw("{3::a|b}", seed).equals("a")).count();
    // Five standard deviations of 10,000 draws at 3/4.
    assertThat(chosen / 10_000.0).isCloseTo(0.75, within(5 * Math.sqrt(0.75 * 0.25 / 10_000)));
  }

  @Test
  void draw_oneSeed_isAlwaysTheSame() {
    String template = "{a|b|c|d|e|f} {2$$__colors/*__} __season__ {1-3$$ $$x|y|z}";
    // Recorded results: the prompt of a seed must not change between versions.
    assertThat(
            List.of(draw(template, 0), draw(template, 1), draw(template, -1), draw(template, 42)))
        .isEqualTo(RECORDED);
    DynamicTemplates templates = new DynamicTemplates(WILDCARDS, PromptLimits.DEFAULTS);
    assertThat(templates.draw(template, 42, false)).isEqualTo(draw(template, 42));
    // Prompt and negative prompt are drawn independently.
    assertThat(
            LongStream.range(0, 100)
                .filter(seed -> templates.draw("{a|b}", seed, true).equals(draw("{a|b}", seed)))
                .count())
        .isBetween(25L, 75L);
  }

  private static final List<String> RECORDED =
      List.of(
          "c yellow,blue summer z",
          "e red,blue fall z",
          "f red,yellow autumn x y z",
          "a red,blue fall y x");

  @Test
  void draw_malformed_saysWhatAndWhere() {
    refuses("a {b|c", 2, "the '{' has no closing '}', at character 2");
    refuses(
        "a b} c", 3, "the '}' has no '{' before it; write \\} for a literal brace, at character 3");
    refuses(
        "{3-1$$a|b}",
        0,
        "the variant draws '3-1' options; expected a number, or a range such as 1-2, at character"
            + " 0");
    refuses(
        "{-$$a|b}",
        0,
        "the variant draws '-' options; expected a number, or a range such as 1-2, at character 0");
    refuses(
        "x {@a|b}",
        2,
        "the variant begins with '@', which selects another sampler; only random sampling is"
            + " supported: write the options alone, at character 2");
    refuses(
        "${1=a}",
        0,
        "'${' does not begin a variable; expected ${name}, ${name:value} or ${name=value}, at"
            + " character 0");
    refuses("${x=a", 0, "the '${' has no closing '}', at character 0");
    refuses(
        "a ${x}",
        2,
        "the variable 'x' is used before it has a value; expected ${x=value} before it, or"
            + " ${x:value}");
    refuses("__nowhere__", 0, "no wildcard nowhere");
    refuses("a __no${x:where}__", 2, "no wildcard nowhere");
    refuses(
        "{!a|b}",
        0,
        "the variant begins with '!', which selects another sampler; only random sampling is"
            + " supported: write the options alone, at character 0");
    refuses(
        "__@season__",
        0,
        "the wildcard begins with '@', which selects another sampler; only random sampling is"
            + " supported: write the name alone, at character 0");
    refuses(
        "__greeting(word=hi__",
        0,
        "the arguments of the wildcard are not of the form (key=value, key=value), at character 0");
    refuses(
        "__greeting(word=hi, ann)__",
        0,
        "the arguments of the wildcard are not of the form (key=value, key=value), at character 0");
    refuses(
        "a %{b|c}",
        2,
        "'%{' begins a wrapper, but no '$$' and text to wrap follow; write \\% for a literal"
            + " percent sign, at character 2");
    refuses("%{a ...$$b", 0, "the '%{' has no closing '}', at character 0");
    refuses(
        "x %{a {b|b}$$c}", 2, "the wrapper 'a b' has no '...' to mark where the wrapped text goes");
    refuses(
        "a __empty__",
        2,
        "the wildcard 'empty' has no values: its file is empty or has only comments");
    refuses(
        "a __broken__",
        2,
        "the line '{x' of the wildcard 'broken' cannot be used: the '{' has no closing '}', at"
            + " character 0");
  }

  private static void refuses(String template, int offset, String message) {
    assertThatThrownBy(() -> draw(template, 1))
        .as(template)
        .isInstanceOfSatisfying(
            PromptSyntaxException.class,
            error -> {
              assertThat(error.offset()).isEqualTo(offset);
              assertThat(error.prompt()).contains(template);
            })
        .hasMessage(message);
  }

  @Test
  void draw_wildcardsInACircle_areRefusedForEverySeed() {
    for (long seed = 0; seed < 20; seed++) {
      long given = seed;
      assertThatThrownBy(() -> draw("{plain|now __a__}", given))
          .isInstanceOf(PromptSyntaxException.class)
          .hasMessage("wildcards refer to each other in a circle: a -> b -> a");
      assertThatThrownBy(() -> draw("__self__", given))
          .isInstanceOf(PromptSyntaxException.class)
          .hasMessage("wildcards refer to each other in a circle: self -> self");
    }
  }

  @Test
  void draw_endless_isRefused() {
    refusesAnyhow("${x=${x}}${x}");
    refusesAnyhow("__loop__");
    refusesAnyhow("__a" + "{".repeat(50_000));
    refusesAnyhow("__{".repeat(20_000));
    refusesAnyhow("%{".repeat(20_000));
    refusesAnyhow("${a=...0123456789...}" + "%{${a}$$".repeat(20) + "x" + "}".repeat(20));
    refusesAnyhow("{".repeat(50_000));
    refusesAnyhow("${a=0123456789}" + doubling(30) + "${b30}");
    refusesAnyhow("${a=}" + doubling(30) + "${b30}");
  }

  private static String doubling(int times) {
    StringBuilder text = new StringBuilder("${b0=${a}}");
    for (int i = 1; i <= times; i++) {
      text.append("${b%s=${b%s}${b%s}}".formatted(i, i - 1, i - 1));
    }
    return text.toString();
  }

  private static void refusesAnyhow(String template) {
    assertThatThrownBy(() -> draw(template, 1)).isInstanceOf(PromptSyntaxException.class);
  }

  @Property(tries = 500)
  void draw_anyText_isAPromptOrAnError(
      @ForAll
          @Chars({
            'a', '{', '}', '|', '$', '_', '1', '-', ':', '=', '!', '#', '\\', '~', '\n', '%', '.',
            '(', ')', ','
          })
          @StringLength(max = 40)
          String template) {
    assertThatCode(
            () -> {
              try {
                assertThat(draw(template, 7)).isEqualTo(draw(template, 7));
              } catch (PromptSyntaxException e) {
                assertThat(e.offset()).isBetween(0, template.length());
              }
            })
        .doesNotThrowAnyException();
  }
}
