package dev.sdlora.testkit;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** What holds in every library, for {@code ArchTests.in} of the modules' own tests. */
public final class LibraryRules {
  /** Among all packages, those at the root of a module too. */
  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("dev.sdlora.(**)").should().beFreeOfCycles();

  /** DJL's PyTorch engine. */
  @ArchTest
  static final ArchRule ONE_PLACE_FOR_THE_ENGINE =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.tensors.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  /** Libraries print nothing. */
  @ArchTest
  static final ArchRule SILENT =
      ArchRuleDefinition.noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  private LibraryRules() {}
}
