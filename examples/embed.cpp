// cohort inside a C++17 program: handles free themselves, errors are exceptions.
//
//     c++ -std=c++17 embed.cpp $(pkg-config --cflags --libs cohort) -o embed && ./embed

#include <cohort.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

class failure : public std::runtime_error {
public:
    explicit failure(const cohort_error &error) : std::runtime_error(error.text), code(error.code) {}

    const cohort_status code;
};

// A handle and the function that gives it up.
template <typename Handle, void (*give_up)(Handle *)> struct giver {
    void operator()(Handle *handle) const { give_up(handle); }
};
template <typename Handle, void (*give_up)(Handle *)>
using owned = std::unique_ptr<Handle, giver<Handle, give_up>>;

using store = owned<cohort_store, cohort_store_close>;
using batch = owned<cohort_batch, cohort_batch_free>;
using snapshot = owned<cohort_snapshot, cohort_snapshot_release>;
using segment = owned<cohort_segment, cohort_segment_free>;
using evaluator = owned<cohort_evaluator, cohort_evaluator_free>;
using bitmap = owned<cohort_bitmap, cohort_bitmap_free>;

// Calls a function of the library, its error last; throws what it fails with.
template <typename Function, typename... Arguments> void call(Function function, Arguments... arguments)
{
    cohort_error error = COHORT_ERROR_INIT;

    if (function(arguments..., &error) != COHORT_OK)
        throw failure(error);
}

// The same for one whose last argument before the error is a new handle.
template <typename Owned, typename Function, typename... Arguments> Owned make(Function function, Arguments... arguments)
{
    typename Owned::pointer handle = nullptr;

    call(function, arguments..., &handle);
    return Owned(handle);
}

cohort_value text_value(std::string_view text)
{
    cohort_value value = COHORT_VALUE_NULL;

    value.type = COHORT_STRING;
    value.text = { text.data(), text.size() };
    return value;
}

void declare_contacts(const store &crm)
{
    cohort_field country = COHORT_FIELD_INIT;
    cohort_object contact = COHORT_OBJECT_INIT;

    country.type = COHORT_STRING;
    country.name = "country";
    contact.name = "contact";
    contact.key_type = COHORT_STRING;
    contact.fields = &country;
    contact.n_fields = 1;
    call(cohort_store_declare, crm.get(), &contact);
}

void add_contacts(const store &crm, const std::vector<std::pair<std::string, std::string>> &contacts)
{
    const batch changes = make<batch>(cohort_batch_new, crm.get());
    const char *const fields[] = { "country" };

    for (const auto &[id, country] : contacts) {
        const cohort_value key = text_value(id);
        const cohort_value value = text_value(country);

        call(cohort_batch_upsert, changes.get(), "contact", &key, size_t{ 1 }, fields, &value);
    }
    call(cohort_batch_commit, changes.get(), nullptr);
}

std::vector<std::string> members(const evaluator &asked, const snapshot &now, const std::string &text)
{
    const segment wanted = make<segment>(cohort_segment_parse, "contact", text.data(), text.size(), nullptr);
    const bitmap found = make<bitmap>(cohort_evaluate, asked.get(), now.get(), wanted.get(), nullptr);
    std::vector<std::string> ids;
    cohort_cursor cursor;
    std::uint32_t row;

    for (cohort_cursor_start(&cursor, found.get()); cohort_cursor_next(&cursor, &row);) {
        cohort_value key;

        call(cohort_snapshot_key, now.get(), "contact", row, &key);
        ids.emplace_back(key.text.bytes, key.text.length);
    }
    return ids;
}

} // namespace

int main()
{
    try {
        const store crm = make<store>(cohort_store_open, nullptr, nullptr);

        declare_contacts(crm);
        add_contacts(crm, { { "ada", "GB" }, { "grace", "US" }, { "emmy", "DE" } });

        const snapshot now = make<snapshot>(cohort_store_snapshot, crm.get());
        const evaluator asked = make<evaluator>(cohort_evaluator_new, nullptr);

        for (const std::string &id : members(asked, now, "country IN ('GB', 'DE')"))
            std::cout << id << '\n';
        members(asked, now, "contry = 'GB'");
    } catch (const failure &wrong) {
        std::cout << "refused: " << wrong.what() << '\n';
        return wrong.code == COHORT_NOT_FOUND ? 0 : 1;
    }
    return 1;
}
