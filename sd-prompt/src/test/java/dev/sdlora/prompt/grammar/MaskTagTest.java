package dev.sdlora.prompt.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.PromptSyntaxException;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTagTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a cat                                             | -
          a cat <mask:l>                                    | l
          <mask:l>a AND b                                   | l,-
          a AND<mask: my hat > b                            | -,my hat
          a AND<mask:no side>b                              | no side
          a<mask:l>AND b                                    | l
          a <mask:l> AND b <mask:r>                         | l,r
          a <mask:l>AND b                                   | l,-
          a <lora:x:1> AND <lora:y:2> b :1.2<mask:r> AND c  | -,r,-
          <foo:AND> a AND b <mask:r>                        | -,r
          (a AND b <mask:r>:1.3) AND [c:d:3] <mask:l>       | -,r,l
          """)
  void ofParts_tags_belongToTheSideInWhichTheyStand(String prompt, String masks) {
    assertThat(
            MaskTag.ofParts(ExtraNetworks.cut(prompt)).stream()
                .map(tag -> tag.map(MaskTag::name).orElse("-"))
                .collect(Collectors.joining(",")))
        .isEqualTo(masks);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a <mask: >             | must have the form <mask:name>                                | 2
          a <mask:l:1>           | must have the form <mask:name>                                | 2
          a <mask:l=2>           | must have the form <mask:name>                                | 2
          a <mask:l> b <mask:r>  | is the second mask of one side of AND; each side can have one | 13
          """)
  void ofParts_tagsThatMakeNoSense_areRefused(String prompt, String trouble, int offset) {
    assertThatThrownBy(() -> MaskTag.ofParts(ExtraNetworks.cut(prompt)))
        .isInstanceOfSatisfying(
            PromptSyntaxException.class,
            e -> {
              assertThat(e).hasMessageContaining(trouble);
              assertThat(e.offset()).isEqualTo(offset);
            });
  }
}
