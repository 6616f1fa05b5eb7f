package dev.sdlora.tensors.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NaturalOrderTest {
  @Example
  void names_numbersAndCase_areInTheOrderOfPeople() {
    List<String> ordered =
        List.of("", "1", "02", "2", "10", "a", "A1", "a2", "a10", "a10b", "a 1", "ab", "B");
    List<String> names = new ArrayList<>(ordered);
    Collections.reverse(names);
    names.sort(NaturalOrder.NAMES);
    assertThat(names).isEqualTo(ordered);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("aAbB019 _").ofMaxLength(6);
  }

  @Property(tries = 500)
  void names_anyThree_isAnOrder(
      @ForAll("names") String a, @ForAll("names") String b, @ForAll("names") String c) {
    int ab = Integer.signum(NaturalOrder.NAMES.compare(a, b));
    int bc = Integer.signum(NaturalOrder.NAMES.compare(b, c));
    assertThat(Integer.signum(NaturalOrder.NAMES.compare(b, a))).isEqualTo(-ab);
    assertThat(ab == 0).isEqualTo(a.equals(b));
    if (ab <= 0 && bc <= 0) {
      assertThat(NaturalOrder.NAMES.compare(a, c)).isLessThanOrEqualTo(0);
    }
  }
}
